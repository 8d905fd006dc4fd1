"""Grade one learner's notebook on this machine, hidden checks included."""

import dataclasses
import os
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from coursekit.course import Course, CourseError
from coursekit.execute import cell_error, execute
from coursekit.grader import MIME
from coursekit.module import Exercise, Module, load
from coursekit.notebook import (
    Rebuilt,
    grader,
    read_cells,
    read_source,
    rebuild,
    up_to_last_test,
)
from coursekit.report import EMPTY, Report

ANSWERS = "answers.json"
MAX_FILE = 5_000_000
WHY = {
    "timed out": "It ran longer than {seconds:g} s: look for a loop that never ends.",
    "crashed": "Python itself ended while this ran: look for os._exit, exit, "
    "very deep recursion or memory that grows without bound.",
}


@dataclass(frozen=True)
class Result:
    """A graded module: one report an exercise, in the module's order."""

    module: Module
    reports: tuple[Report, ...]

    @property
    def score(self) -> float:
        """Points reached."""
        return round(sum(r.score for r in self.reports), 2)

    def to_json(self) -> dict[str, Any]:
        """Plain data for other programs."""
        return {
            "module": self.module.name,
            "score": self.score,
            "max": self.module.points,
            "exercises": [
                {
                    "id": f"{self.module.name}.{r.exercise}",
                    "score": r.score,
                    "max": r.max,
                    "status": r.status,
                    "reasons": r.reasons,
                }
                for r in self.reports
            ],
        }


def check(
    course: Course,
    name: str,
    notebook: Path,
    *,
    seconds: float = 30,
    tick: Callable[[int, int], None] = lambda done, count: None,
) -> Result:
    """Grade the answers in `notebook`; CourseError when it cannot be read."""
    module = load(course.source(name))
    source = read_source(course.source(name) / f"{name}.ipynb")
    rebuilt = rebuild(source, read_cells(notebook))
    cells = rebuilt.notebook.cells = up_to_last_test(rebuilt.notebook)
    with tempfile.TemporaryDirectory(prefix="coursekit-") as place:
        folder = _copy(course, name, notebook, Path(place))
        ended = execute(
            rebuilt.notebook,
            folder,
            seconds=seconds,
            env={**os.environ, "COURSEKIT_ROOT": str(course.root)},
            tick=lambda done: tick(done, len(cells)),
        )
    why = {grader(cells[i]).get("grade_id"): status for i, status in ended.items()}
    return Result(
        module, tuple(_report(e, rebuilt, why, seconds) for e in module.exercises)
    )


def _copy(course: Course, name: str, notebook: Path, place: Path) -> Path:
    """A private copy of the learner's files, the course's own ones over them."""
    folder = place / name
    withheld = shutil.ignore_patterns(*course.withheld, "*.ipynb")
    shutil.copytree(course.source(name), folder, ignore=withheld)
    home = notebook.resolve().parent
    own = home.iterdir() if home.name == name else [home / ANSWERS]
    for path in own:
        plain = path.is_file() and not path.is_symlink() and path.suffix != ".ipynb"
        kept = course.source(name) != home and not (folder / path.name).exists()
        if plain and kept and path.stat().st_size <= MAX_FILE:
            shutil.copy(path, folder / path.name)
    return folder


def _report(
    exercise: Exercise, rebuilt: Rebuilt, ended: dict[Any, str], seconds: float
) -> Report:
    """The report a test cell made, unless its answer or kernel was lost."""
    test = f"test_{exercise.id}"
    lost = ended.get(exercise.id) or ended.get(test)
    if exercise.id in rebuilt.problems:
        status, note = rebuilt.problems[exercise.id]
    elif lost:
        status, note = lost, WHY[lost].format(seconds=seconds)
    else:
        found = _found(rebuilt.notebook, test, exercise)
        as_it_came = rebuilt.texts.get(exercise.id) == exercise.stub.strip()
        # a quiz is answered by clicks, its cell may well stay as it came
        if not found.score and as_it_came and exercise.kind != "quiz":
            found = _unwritten(found)
        elif error := cell_error(rebuilt.notebook, exercise.id):
            found = _stopped(found, error)
        note = rebuilt.notes.get(exercise.id, "")
        return _noted(found, note) if note else found
    return Report.of(exercise.id, exercise.points, status=status, note=note)


def _found(notebook: NotebookNode, test: str, exercise: Exercise) -> Report:
    cells = [c for c in notebook.cells if grader(c).get("grade_id") == test]
    outputs = [o for c in cells for o in c.outputs]
    results = [o.data for o in outputs if o.output_type == "execute_result"]
    try:
        report = Report.from_json(results[-1][MIME])
    except (IndexError, KeyError, ValueError):
        errors = [f"{o.ename}: {o.evalue}" for o in outputs if o.output_type == "error"]
        why = errors[-1] if errors else "no report came back"
        note = f"This exercise could not be graded ({why[:200]})."
        return Report.of(exercise.id, exercise.points, status="crashed", note=note)
    if report.exercise != exercise.id or report.max > exercise.points:
        note = "Its report is not the one the check makes."
        return Report.of(exercise.id, exercise.points, status="tampered", note=note)
    return report


def _unwritten(report: Report) -> Report:
    note = report.note or "it is as it came"
    return dataclasses.replace(report, status=EMPTY, note=note)


def _stopped(report: Report, error: str) -> Report:
    """The report on an answer whose own cell ended in an error."""
    if report.status != EMPTY:
        return _noted(report, error)
    return Report.of(report.exercise, report.max, note=error)


def _noted(report: Report, note: str) -> Report:
    note = f"{note} {report.note}".strip()
    return Report.of(
        report.exercise, report.max, report.criteria, status=report.status, note=note
    )


def default_notebook(course: Course, name: str) -> Path:
    """The learner's notebook of a module; CourseError when there is none yet."""
    path = course.release(name) / f"{name}.ipynb"
    if not path.is_file():
        raise CourseError(
            f"There is no {path.relative_to(course.root)}: `coursekit release {name}` "
            "makes it, or name your notebook with --notebook."
        )
    return path
