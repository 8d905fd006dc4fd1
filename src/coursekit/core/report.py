"""A graded exercise: criteria with points and reasons, and the score they add up to."""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from coursekit.core.plain_data import number

EMPTY = "not attempted"
BY_HAND = "graded by hand"  # what it earns is not known here
STATUSES = (
    "passed",
    "partial",
    "failed",
    "timed out",
    "crashed",
    EMPTY,
    "tampered",
    BY_HAND,
)
EARNED = ("failed", "partial", "passed")
LABELS = {
    "given": "given",
    "got": "got",
    "expected": "expected",
    "look": "look at",
    "belief": "You may think:",
    "repair": "But:",
}


def points_of(value: Any, most: float) -> float:
    """`value` as points from 0 to `most`; anything but a finite number is 0."""
    points = number(value)
    return 0.0 if points is None else min(max(points, 0.0), most)


def status_of(score: float, most: float) -> str:
    """The status that `score` of `most` points earns."""
    return EARNED[2 if score >= most else score > 0]


def plural(count: float, noun: str) -> str:
    """`1 point`, `2.5 points`."""
    return f"{count:g} {noun}" + ("" if count == 1 else "s")


@dataclass(frozen=True, slots=True)
class Criterion:
    """One thing a check looked at: points reached of `max`, and why."""

    name: str
    points: float
    max: float
    given: str = ""
    got: str = ""
    expected: str = ""
    look: str = ""
    misconception: str = ""
    belief: str = ""
    repair: str = ""

    @property
    def full(self) -> bool:
        """Whether nothing was lost here."""
        return self.points >= self.max

    @property
    def mark(self) -> str:
        """✓ full, ~ part, ✗ none: a sign that needs no colour."""
        return "✓" if self.full else "~" if self.points > 0 else "✗"

    def details(self) -> dict[str, str]:
        """The known ones of: given, got, expected, where to look."""
        return {
            label: getattr(self, name)
            for name, label in LABELS.items()
            if getattr(self, name)
        }

    @property
    def reason(self) -> str:
        """Why points were lost, on one line."""
        why = "; ".join(f"{label} {text}" for label, text in self.details().items())
        lost = f"{self.name} ({_reached(self.points, self.max)})"
        return f"{lost}: {why}" if why else lost

    def lines(self, points: bool = True) -> list[str]:
        """As printed: one line when full, else the details below it."""
        reached = f" ({_reached(self.points, self.max)})" if points else ""
        head = f"{self.mark} {self.name}{reached}"
        if self.full:
            return [head]
        return [head, *(_line(k, v) for k, v in self.details().items())]


def _line(label: str, text: str) -> str:
    width = 0 if label.endswith(":") else 9  # what stands beside got and expected
    return f"    {label:<{width}} {text}"


def _reached(points: float, most: float) -> str:
    return f"{round(points, 2):g} of {round(most, 2):g}"


@dataclass(frozen=True, slots=True)
class Report:
    """The result of one exercise; `score` is always finite and within 0 to `max`."""

    exercise: str
    score: float
    max: float
    status: str
    criteria: tuple[Criterion, ...] = ()
    note: str = ""
    printed: str = field(default="", compare=False)

    @classmethod
    def of(
        cls,
        exercise: str,
        most: float,
        criteria: tuple[Criterion, ...] | list[Criterion] = (),
        *,
        status: str = "",
        note: str = "",
        printed: str = "",
    ) -> "Report":
        """Add up the criteria; the status follows from the score unless given."""
        total = math.fsum(points_of(c.points, c.max) for c in criteria)
        score = round(points_of(total, most), 2)
        if status in ("", *EARNED):
            status = status_of(score, most)
        return cls(exercise, score, most, status, tuple(criteria), note, printed)

    @property
    def balanced(self) -> bool:
        """Whether the criteria's points sum to the exercise's."""
        return abs(math.fsum(c.max for c in self.criteria) - self.max) < 1e-6

    @property
    def reasons(self) -> list[str]:
        """Why points were lost, a line each."""
        if self.status == EMPTY:
            return [self.why]
        lost = [c.reason for c in self.criteria if not c.full]
        return [self.note, *lost] if self.note else lost

    @property
    def why(self) -> str:
        """A remark on the whole exercise, unless an empty one speaks for itself."""
        if self.status != EMPTY:
            return self.note
        return f"{EMPTY}: {self.note}" if self.note else EMPTY

    def lines(self, full: bool = True) -> list[str]:
        """The remark, then the criteria; without `full` only those that lost points."""
        if self.status == EMPTY:
            return [self.why]
        shown = [c for c in self.criteria if full or not c.full]
        lines = [line for c in shown for line in c.lines()]
        return [self.why, *lines] if self.why else lines

    def text(self) -> str:
        """The whole report as printed."""
        head = f"{self.exercise}: {self.score:g} of {plural(self.max, 'point')}"
        status = "" if self.status == EMPTY else f" ({self.status})"
        lines = [f"{head}{status}", *self.lines()]
        if self.printed:
            lines += ["your code printed", *_indented(self.printed)]
        return "\n".join(lines)

    def to_json(self) -> dict[str, Any]:
        """Plain data for the grader."""
        return {
            "exercise": self.exercise,
            "score": self.score,
            "max": self.max,
            "status": self.status,
            "note": self.note,
            "reasons": self.reasons,
            "criteria": [asdict(c) for c in self.criteria],
        }

    @classmethod
    def from_json(cls, data: Any) -> "Report":
        """Read `to_json` back; the score is added up again. ValueError if malformed."""
        table = _table(data, "a report")
        most = number(table.get("max"))
        rows = table.get("criteria")
        if most is None or most < 0 or not isinstance(rows, list):
            raise ValueError("a report needs a finite max and a list of criteria")
        status = _word(table, "status")
        if status not in STATUSES:
            raise ValueError(f"no such status: {status!r}")
        criteria = [_criterion(row) for row in rows]
        exercise, note = _word(table, "exercise"), _word(table, "note")
        return cls.of(exercise, most, criteria, status=status, note=note)


def _indented(text: str) -> list[str]:
    return [f"    {line}" for line in text.splitlines()]


def _table(data: Any, what: str) -> Mapping[str, Any]:
    if not isinstance(data, dict):
        raise ValueError(f"{what} is a table, not {type(data).__name__}")
    return data


def _word(table: Mapping[str, Any], name: str) -> str:
    word = table.get(name, "")
    if not isinstance(word, str):
        raise ValueError(f"{name} is text, not {type(word).__name__}")
    return word


def _criterion(data: Any) -> Criterion:
    row = _table(data, "a criterion")
    most = number(row.get("max"))
    if most is None or most < 0:
        raise ValueError("a criterion needs a finite max")
    words = {f.name for f in fields(Criterion)} - {"points", "max"}
    texts = {name: _word(row, name) for name in words}
    return Criterion(points=points_of(row.get("points"), most), max=most, **texts)
