"""The whole course as a learner has done it: each module, the streak, the next step."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from coursekit.check.quiz import saved
from coursekit.core import answers_file, render
from coursekit.core.course import Course
from coursekit.core.module import Exercise, Module, find
from coursekit.core.report import plural
from coursekit.learn.placement import placed, skipped
from coursekit.learn.predictions import calibrated, guesses, times_off
from coursekit.learn.progress import standing

HEAD = ("module", "exercises", "points", "quiz", "known", "guesses")
STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60em; margin: 2em auto;
       padding: 0 1em; color: #1a1a1a; background: #fff; }
table { border-collapse: collapse; width: 100%; margin: 1em 0; }
th, td { text-align: left; padding: .4em .8em .4em 0; border-bottom: 1px solid #ddd; }
a { color: #0061a1; }
.next { border-left: 4px solid #0072B2; padding: .4em 1em; }
@media (prefers-color-scheme: dark) {
  body { color: #eee; background: #1b1b1b; }
  th, td { border-color: #444; } a { color: #7cc4f4; } }
"""


@dataclass(frozen=True)
class Standing:
    """How far a learner is in one module."""

    module: Module
    marks: dict[str, str]  # by exercise
    points: float  # of the exercises whose visible tests pass
    worth: float  # of all exercises but quizzes and what is graded by hand
    quiz: str
    known: frozenset[str] | None  # exercises to skip; None before a placement
    guesses: list[dict[str, float]]
    days: frozenset[date]  # on which an exercise passed for the first time

    @property
    def done(self) -> int:
        """How many exercises pass."""
        return sum(mark == "✓" for mark in self.marks.values())

    @property
    def begun(self) -> bool:
        """Whether anything was tried."""
        return any(mark != "·" for mark in self.marks.values())

    def next(self, core: bool) -> Exercise | None:
        """The first exercise that does not pass yet; with `core`, of the ★ path.

        What a placement says to skip is not on that path.
        """
        known = self.known or frozenset()
        open_ = (e for e in self.module.exercises if self.marks[e.id] != "✓")
        fits = (e for e in open_ if not core or (e.core and e.id not in known))
        return next(fits, None)

    def cells(self) -> tuple[str, str, str, str, str]:
        """What the table says besides the title."""
        count = f"{self.done} of {len(self.marks)}"
        points = f"{self.points:g} of {self.worth:g}"
        close = sum(times_off(g["guess"], g["actual"]) < 2 for g in self.guesses)
        near = f"{close} of {len(self.guesses)} close" if self.guesses else ""
        return count, points, self.quiz, self._skip(), near

    def _skip(self) -> str:
        if self.known is None:
            return ""
        core = sum(e.core and e.kind != "quiz" for e in self.module.exercises)
        return f"{len(self.known)} of {core} ★"


class Overview:
    """A table of all modules that learners have, as they stand."""

    def __init__(self, course: Course, today: date | None = None) -> None:
        self.rows = [_standing(course, name) for name in course.released]
        self.today = today or date.today()

    @property
    def streak(self) -> int:
        """Days in a row on which an exercise first passed, today or not yet today."""
        days = frozenset().union(*(row.days for row in self.rows))
        day = self.today if self.today in days else self.today - timedelta(1)
        count = 0
        while day in days:
            count, day = count + 1, day - timedelta(1)
        return count

    @property
    def next(self) -> tuple[Module, Exercise] | None:
        """What to do next: a ★ path that is begun, then the others, then *Deeper*."""
        begun = [row for row in self.rows if row.begun]
        for rows, core in ((begun, True), (self.rows, True), (self.rows, False)):
            for row in rows:
                if found := row.next(core):
                    return row.module, found
        return None

    def summary(self) -> str:
        """The table as text."""
        table = [HEAD, *((row.module.name, *row.cells()) for row in self.rows)]
        widths = [max(map(len, column)) for column in zip(*table, strict=True)]
        lines = [
            "  ".join(f"{x:<{w}}" for x, w in zip(line, widths, strict=True)).rstrip()
            for line in table
        ]
        step = self.next
        todo = f"next: {step[0].name}, {_titled(step[1])}" if step else "All done."
        return "\n".join([*lines, "", *self._notes(), todo])

    def page(self, link: Callable[[str], str]) -> str:
        """The table as an HTML page; `link` makes the address of a notebook."""

        def linked(module: Module, text: str) -> str:
            href = render.escape(link(f"{module.name}/{module.name}.ipynb"))
            return f'<a href="{href}">{render.escape(text)}</a>'

        def cells(row: Standing) -> list[str]:
            title = f"{row.module.name[:2]} {row.module.title}"
            count, *others = row.cells()
            bar = render.bar_html(row.done / len(row.marks), count)
            return [linked(row.module, title), bar, *map(render.escape, others)]

        body = "".join(
            f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells(row))}</tr>"
            for row in self.rows
        )
        head = "".join(f'<th scope="col">{name}</th>' for name in HEAD)
        step = self.next
        todo = f"{linked(step[0], step[0].title)}, {_titled(step[1])}" if step else ""
        said = f"<b>Next:</b> {todo}" if step else "<b>All done.</b>"
        notes = "".join(f"<p>{render.escape(line)}</p>" for line in self._notes())
        return (
            '<!doctype html><html lang="en"><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width">'
            f"<title>Your progress</title><style>{STYLE}</style>"
            f'<h1>Your progress</h1><p class="next">{said}</p>'
            f"<table><tr>{head}</tr>{body}</table>{notes}"
            "<p><small>Points are those of exercises whose visible tests pass; hidden "
            "checks and the quiz can still take some. Reload to see what has changed."
            "</small></p></html>"
        )

    def _notes(self) -> list[str]:
        guessed = calibrated([g for row in self.rows for g in row.guesses])
        count = self.streak
        streak = f"{plural(count, 'day')} in a row with something new that passes."
        return [line for line in (guessed, streak if count > 1 else "") if line]


def _titled(exercise: Exercise) -> str:
    return f"{exercise.title} ({exercise.id})"


def _standing(course: Course, name: str) -> Standing:
    folder = course.release(name)
    module, record = find(folder), answers_file.at(folder)
    marks = {e.id: standing(module, e, record)[0] for e in module.exercises}
    tested = [e for e in module.exercises if e.kind != "quiz" and not e.by_hand]
    entries = record.section("progress").values()
    return Standing(
        module,
        marks,
        points=sum(e.points for e in tested if marks[e.id] == "✓"),
        worth=sum(e.points for e in tested),
        quiz=_quiz(module, saved(module, record)),
        known=skipped(module, record) if placed(module, record) else None,
        guesses=guesses(module, record),
        days=frozenset(filter(None, map(_day, entries))),
    )


def _quiz(module: Module, given: dict[str, str]) -> str:
    """Right answers where the key is known, else how many are given."""
    if not module.full:
        return f"{len(given)} of {len(module.quiz)} answered"
    right = sum(given.get(q.id) == q.answer for q in module.quiz)
    return f"{right} of {len(module.quiz)} right"


def _day(entry: object) -> date | None:
    """The day on which an exercise first passed."""
    text = entry.get("on") if isinstance(entry, dict) else None
    try:
        return date.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None
