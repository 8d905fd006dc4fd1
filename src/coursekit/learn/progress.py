"""`setup` at a notebook's top and `progress`: finished work and the next step."""

import contextlib
import os
from pathlib import Path
from typing import Any

from coursekit.check.missing_names import watch
from coursekit.check.quiz import saved
from coursekit.core import answers_file, render, tab
from coursekit.core.answers_file import Record
from coursekit.core.course import CourseError
from coursekit.core.module import Exercise, Module, ModuleError, find
from coursekit.core.notebook import read_cells
from coursekit.core.one_line import one_line
from coursekit.learn.placement import asked, skipped
from coursekit.learn.predictions import calibration


def setup(name: str) -> Any:
    """Start a notebook: find its module, set the plot style, say what lies ahead.

    Where the key is, it returns a placement: a widget that says what may be skipped.
    """
    from IPython.core.getipython import get_ipython

    from coursekit.core import style

    notes = tab.prepare(get_ipython()) if tab.HERE else []
    style.use()
    watch(get_ipython())
    try:
        module = find()
    except ModuleError as error:
        print(f"{name}: {error}")
        return None
    opened = Path(os.environ.get("JPY_SESSION_NAME", ""))  # JupyterLab says it
    if opened.suffix == ".ipynb" and opened.stem != name:
        print(
            f"This notebook is called {opened.name}: rename it to {name}.ipynb, "
            "the name under which it is checked and handed in."
        )
    # the grader's folder has another name, and no notebook
    if module.name != name and any(Path.cwd().glob("*.ipynb")):
        print(
            f"This folder is called {module.name}, and this is the notebook {name}: "
            f"move it into a folder {name}, with all files that came with it."
        )
        return None
    quizzes = [e.id for e in module.exercises if e.kind == "quiz"]
    about = f" (one is a quiz of {len(module.quiz)} questions)" if quizzes else ""
    if len(quizzes) > 1:
        about = f" ({len(quizzes)} are quizzes)"
    took = f"about {module.minutes:g} minutes"
    if not all(e.core for e in module.exercises):
        took += " for the ★ sections"  # the rest is at your own pace
    print(
        f"{module.title}: {len(module.exercises)} exercises{about}, "
        f"{took}. progress() shows how far you are."
    )
    for note in notes:
        print(note)
    if not module.full or not asked(module) or get_ipython() is None:
        return None
    from coursekit.learn.placement_widget import Placement

    return Placement(module)


@one_line
def progress() -> "Progress":
    """How far you are in this module."""
    return Progress(find())


class Progress:
    """A table of the module's exercises as they stand."""

    def __init__(self, module: Module) -> None:
        self.module = module
        here = answers_file.here()
        known = skipped(module, here)
        self.rows = [_row(module, e, here, e.id in known) for e in module.exercises]
        self.calibration = calibration(module)
        self.note = here.take_note()

    @property
    def done(self) -> int:
        """How many exercises are done."""
        return sum(row["mark"] == "✓" for row in self.rows)

    def summary(self) -> str:
        """The table as text."""
        head = self._head()
        width = max([len(row["title"]) for row in self.rows], default=0)
        lines = [
            f"{row['mark']} {row['title']:<{width}}  {row['points']:>9}  {row['state']}"
            for row in self.rows
        ]
        share = self.done / max(1, len(self.rows))
        parts = [f"{head}  {render.bar(share)}", *lines, self.calibration, self.note]
        return "\n".join(line.rstrip() for line in parts if line)

    def _head(self) -> str:
        return f"{self.module.title}: {self.done} of {len(self.rows)} exercises pass"

    def html(self) -> str:
        """The table as HTML."""
        keys = ("mark", "title", "points", "state")
        head = "".join(
            f'<th scope="col" style="text-align:left">{name}</th>'
            for name in ("", "exercise", "worth", "visible tests")
        )
        body = "".join(
            "<tr>"
            + "".join(
                f'<td style="text-align:left">{_cell(row, key)}</td>' for key in keys
            )
            + "</tr>"
            for row in self.rows
        )
        said = self._head().removeprefix(f"{self.module.title}: ")
        bar = render.bar_html(self.done / max(1, len(self.rows)), said)
        notes = "".join(render.row("", x) for x in (self.calibration, self.note) if x)
        table = f"<table><tr>{head}</tr>{body}</table>"
        return render.boxed(self.module.title, f"<div>{bar}</div>{table}{notes}")

    def __repr__(self) -> str:
        return self.summary()

    def _repr_mimebundle_(self, **_kinds: Any) -> dict[str, Any]:
        return render.bundle(self.summary(), self.html())


def _cell(row: dict[str, str], key: str) -> str:
    text = render.escape(row[key])
    return render.sign(text) if key == "mark" else text


def _row(
    module: Module, exercise: Exercise, here: Record, known: bool
) -> dict[str, str]:
    mark, state = standing(module, exercise, here)
    if known and mark == "·":
        state = "you know this: skip it, or do it for its points"
    hints = here.section("hints").get(exercise.id)
    if type(hints) is int and hints > 0:
        state += f", {hints} of {len(exercise.hints)} hints"
    points = f"{exercise.points:g} point" + ("" if exercise.points == 1 else "s")
    some = exercise.core and not all(e.core for e in module.exercises)
    title = f"{exercise.title} ★" if some else exercise.title
    return {"mark": mark, "title": title, "points": points, "state": state}


def standing(module: Module, exercise: Exercise, record: Record) -> tuple[str, str]:
    """The mark of an exercise by its visible tests, and where it stands in words."""
    if exercise.kind == "quiz":
        return _quiz(module, exercise, record)
    if exercise.by_hand:
        return _by_hand(module, exercise, record)
    return _tests(exercise, record)


def _quiz(module: Module, exercise: Exercise, record: Record) -> tuple[str, str]:
    given = saved(module, record)
    done = [question.id in given for question in module.asked(exercise.id)]
    mark = "✓" if all(done) else "~" if any(done) else "·"
    return mark, f"{sum(done)} of {len(done)} answered"


def _by_hand(module: Module, exercise: Exercise, record: Record) -> tuple[str, str]:
    """Whether the notebook as it was saved has an answer to read."""
    folder = record.path.parent if record.path else Path.cwd()
    with contextlib.suppress(CourseError):
        for cell in read_cells(folder / f"{module.name}.ipynb"):
            if cell.grade_id == exercise.id and exercise.written(cell.text):
                return "✓", "written, graded by hand"
    return "·", "not written yet"


def _tests(exercise: Exercise, record: Record) -> tuple[str, str]:
    seen = record.section("progress").get(exercise.id)
    if not isinstance(seen, dict) or type(seen.get("passed")) is not int:
        return "·", "not run yet"
    passed, count = seen["passed"], seen.get("of")
    if type(count) is not int or not count:
        return "·", "not attempted yet"
    mark = "✓" if seen.get("all") is True else "~" if passed else "✗"
    return mark, f"{passed} of {count} pass"
