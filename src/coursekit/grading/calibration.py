"""Does a check give the same answer the same score, on this machine, under load?"""

import ast
import itertools
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from coursekit.course import Course
from coursekit.grading.attempts import (
    Batch,
    Engine,
    Outcome,
    grade_all,
    in_process,
)
from coursekit.grading.burners import burners
from coursekit.grading.metered import passed
from coursekit.grading.rates import Rate
from coursekit.grading.yardstick import YARDSTICK, Known
from coursekit.processes import side_by_side
from coursekit.verify.bank import NO_BANK, bank
from coursekit.verify.subject import Subject

AT_ONCE = 50  # gradings a process does before the next
SECONDS = 30.0  # that one answer may take
MOST_WRONG = 0.01  # of the gradings of a check that reads CPU time
QUIET = "quiet"

Tick = Callable[[int, int], None]


@dataclass(frozen=True)
class Row:
    """A check in one condition; `metered` if CPU time decides, else work is counted.

    `differing` is how many gradings gave another score than the first, quiet one.
    """

    check: str
    condition: str
    metered: bool
    submissions: int
    gradings: int
    differing: int
    false_fails: Rate
    false_passes: Rate

    @property
    def sound(self) -> bool:
        """Counted: never another score, never the wrong one. Metered: hardly ever."""
        rates = (self.false_fails, self.false_passes)
        if self.metered:
            return all(rate.share <= MOST_WRONG for rate in rates)
        return not self.differing and not any(rate.wrong for rate in rates)


@dataclass(frozen=True)
class Entry:
    """An answer, and whether it has to get full marks."""

    text: str
    right: bool


@dataclass(frozen=True)
class Plan:
    """The answers to one exercise, graded `rounds` times each."""

    module: str
    exercise: str
    points: float
    metered: bool
    entries: tuple[Entry, ...]
    rounds: int

    def batches(self) -> Iterator[Batch]:
        """All its gradings, the answers in turn."""
        texts = [entry.text for entry in self.entries] * self.rounds
        for i in range(0, len(texts), AT_ONCE):
            part = tuple(texts[i : i + AT_ONCE])
            yield Batch(self.module, self.exercise, part, SECONDS)

    def row(
        self, condition: str, found: Sequence[Outcome], first: Sequence[Outcome]
    ) -> Row:
        """What came out; `first` holds the outcome of each answer to compare with."""
        turns = list(zip(itertools.cycle(self.entries), found, strict=False))
        right = [o.score < self.points for e, o in turns if e.right]
        wrong = [o.score >= self.points for e, o in turns if not e.right]
        differing = sum(a != b for a, b in zip(itertools.cycle(first), found))
        return Row(
            f"{self.module}.{self.exercise}",
            condition,
            self.metered,
            len(self.entries),
            len(found),
            differing,
            Rate(sum(right), len(right)),
            Rate(sum(wrong), len(wrong)),
        )


def calibrate(
    course: Course,
    modules: Sequence[str],
    *,
    gradings: int = 1000,
    load: int = 0,
    jobs: int | None = None,
    engine: Engine = in_process,
    yardstick: Sequence[Known] = YARDSTICK,
    tick: Tick = lambda done, count: None,
) -> list[Row]:
    """Grade the bank at least `gradings` times a check; again beside `load` burners.

    Then the yardstick of CPU time, alone, so that only the burners disturb it.
    """
    found = plans(course, modules, gradings)
    counts = {known: math.ceil(gradings * known.share) for known in yardstick}
    conditions = [(QUIET, 0), *([(f"{load} burners", load)] if load else [])]
    bank_size = sum(len(p.entries) * p.rounds for p in found)
    total = (bank_size + sum(counts.values())) * len(conditions)
    done = 0

    def advance(by: int) -> None:
        nonlocal done
        tick(done := done + by, total)

    advance(0)
    rows: list[Row] = []
    first: dict[int, list[Outcome]] = {}
    for condition, busy in conditions:
        with burners(busy):
            graded = _graded(course, found, engine, jobs, advance)
            for i, plan in enumerate(found):
                first.setdefault(i, graded[i][: len(plan.entries)])
                rows.append(plan.row(condition, graded[i], first[i]))
            rows += _yardstick(condition, counts, advance)
    return sorted(rows, key=lambda row: row.check)


def plans(course: Course, modules: Sequence[str], gradings: int) -> list[Plan]:
    """Solutions, accepted alternatives and wrong submissions of each exercise."""
    made = []
    for subject in (Subject(course, name) for name in modules):
        metered = _metered(subject)
        for exercise in subject.module.exercises:
            if exercise.kind in NO_BANK or exercise.id not in subject.solutions:
                continue
            texts = [Entry(s.text, s.right) for s in bank(subject, exercise.id)]
            solution = Entry(subject.solutions[exercise.id].source, True)
            entries = (solution, *texts)
            rounds = math.ceil(gradings / len(entries))
            timed = exercise.id in metered
            plan = Plan(
                subject.name, exercise.id, exercise.points, timed, entries, rounds
            )
            made.append(plan)
    return made


def _metered(subject: Subject) -> set[str]:
    """Exercises whose check asks for CPU time."""
    tree = ast.parse((subject.folder / "checks.py").read_text(encoding="utf-8"))
    return {
        function.name
        for function in tree.body
        if isinstance(function, ast.FunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Attribute) and node.attr == "cpu_at_most"
    }


def _graded(
    course: Course,
    found: Sequence[Plan],
    engine: Engine,
    jobs: int | None,
    advance: Callable[[int], None],
) -> list[list[Outcome]]:
    """The outcomes of each plan, in order."""
    work = [(i, batch) for i, plan in enumerate(found) for batch in plan.batches()]
    results: dict[int, tuple[Outcome, ...]] = {}
    for place, done in grade_all(course, [batch for _, batch in work], engine, jobs):
        results[place] = done.outcomes
        advance(len(done.outcomes))
    graded: list[list[Outcome]] = [[] for _ in found]
    for place, (i, _) in enumerate(work):
        graded[i] += results[place]
    return graded


def _yardstick(
    condition: str, counts: dict[Known, int], advance: Callable[[int], None]
) -> Iterator[Row]:
    """A row for each solution of known cost."""
    for known, count in counts.items():
        ((_, passes),) = side_by_side(passed, [(known.name, count)], 1)
        advance(count)
        yield _known_row(known, condition, passes, count)


def _known_row(known: Known, condition: str, passes: int, count: int) -> Row:
    usual = count - passes if not known.passes else passes
    wrong, none = Rate(count - usual, count), Rate(0, 0)
    fails, slips = (wrong, none) if known.passes else (none, wrong)
    name = f"CPU time: {known.name}"
    return Row(name, condition, True, 1, count, wrong.wrong, fails, slips)
