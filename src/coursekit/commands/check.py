"""`coursekit check`: grade your own notebook, hidden checks included."""

import argparse
import contextlib
import json
import math
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from coursekit.core.course import Course, CourseError, find_course
from coursekit.core.module import Module
from coursekit.core.report import BY_HAND, EMPTY, Report, plural

HELP = "grade a notebook: score, reasons and next step for each exercise"
MARKS = {"passed": "✓", "partial": "~", EMPTY: "·", BY_HAND: "…"}


@dataclass(frozen=True)
class Result:
    """A graded module: one report an exercise, in the module's order."""

    module: Module
    reports: tuple[Report, ...]

    @property
    def score(self) -> float:
        """Points reached."""
        return round(sum(r.score for r in self.reports), 2)

    @property
    def worth(self) -> float:
        """Points there are without those that a person gives."""
        return round(self.module.points - self.by_hand, 2)

    @property
    def by_hand(self) -> float:
        """Points that a person gives, neither won nor lost here."""
        return sum(e.points for e in self.module.exercises if e.by_hand)

    def to_json(self) -> dict[str, Any]:
        """Plain data for other programs."""
        return {
            "module": self.module.name,
            "score": self.score,
            "max": self.worth,
            "by_hand": self.by_hand,
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


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options: which notebook to grade, and how."""
    parser.add_argument("module", help="such as 02_memory, or 02")
    parser.add_argument(
        "--notebook", type=Path, help="the notebook to grade (default: course/MODULE)"
    )
    parser.add_argument("--json", action="store_true", help="print JSON instead")
    parser.add_argument(
        "--timeout", type=_seconds, default=30, help="seconds a cell may take (30)"
    )


def _seconds(text: str) -> float:
    """A time limit from the command line."""
    with contextlib.suppress(ValueError):
        if 0 < (value := float(text)) < math.inf:
            return value
    raise argparse.ArgumentTypeError(f"{text} is not a number of seconds above 0")


def run(args: argparse.Namespace) -> int:
    """Print the result; 0 with full marks, 1 without."""
    from session1.progress import bar

    course = find_course()
    if not course.modules:
        name = course.learners(args.module)
        raise CourseError(
            f"The hidden checks of {name} are with your instructor: save the notebook, "
            f"then hand in the folder course/{name}. In the notebook, progress() "
            "shows your visible tests."
        )
    name = course.named(args.module)
    notebook = args.notebook or default_notebook(course, name)
    with bar(desc="running cells") as progress:

        def tick(done: int, count: int) -> None:
            progress.total = count
            progress.update(max(0, done - progress.n))

        result = check(course, name, notebook, seconds=args.timeout, tick=tick)
    if args.json:
        print(json.dumps(result.to_json(), indent=2, ensure_ascii=False))
    else:
        print(as_text(result))
    return 0 if result.score >= result.worth else 1


def check(
    course: Course,
    name: str,
    notebook: Path,
    *,
    seconds: float = 30,
    tick: Callable[[int, int], None] = lambda done, count: None,
) -> Result:
    """Grade the answers in `notebook`; CourseError when it cannot be read."""
    from coursekit.core.notebook import read_cells
    from coursekit.grading.grade_one import grade_submission
    from coursekit.sandbox.choose import allow_unprotected
    from coursekit.sandbox.limits import Limits

    read_cells(notebook)
    allow_unprotected()  # it is the learner's own code, on their own machine
    limits = Limits(cell_wall=seconds, wall=max(Limits().wall, seconds))
    graded = grade_submission(
        course, name, notebook.resolve(), limits=limits, tick=tick
    )
    return Result(graded.module, graded.reports)


def default_notebook(course: Course, name: str) -> Path:
    """The learner's notebook of a module; CourseError when there is none yet."""
    path = course.release(name) / f"{name}.ipynb"
    if not path.is_file():
        raise CourseError(
            f"There is no {path.relative_to(course.root)}: `coursekit release {name}` "
            "makes it, or name your notebook with --notebook."
        )
    return path


def as_text(result: Result) -> str:
    """The result as a learner reads it: lost points, reasons, the next step."""
    module = result.module
    head = f"{module.title}: {result.score:g} of {result.worth:g} points"
    if result.by_hand:
        head += f"; {plural(result.by_hand, 'point')} more, graded by hand"
    return "\n".join([head, *(_exercise(module, r) for r in result.reports)])


def _exercise(module: Module, report: Report) -> str:
    exercise = module.exercise(report.exercise)
    title, mark = exercise.title, MARKS.get(report.status, "✗")
    if exercise.by_hand:
        return "\n".join(_by_hand(title, mark, report))
    reached = f"{report.score:g} of {plural(report.max, 'point')}"
    status = "" if report.status == EMPTY else f", {report.status}"
    head = f"{mark} {report.exercise}: {title} ({reached}{status})"
    why = map(_indented, report.lines(full=False))
    return "\n".join([head, *why, *_next(report)])


def _by_hand(title: str, mark: str, report: Report) -> Iterator[str]:
    """An exercise that a person grades: its points count neither way here."""
    worth = plural(report.max, "point")
    yield f"{mark} {report.exercise}: {title} ({worth}, {BY_HAND})"
    if report.status != BY_HAND:
        yield _indented(report.note or report.status)
        yield f'    next: write it in its cell; a nudge: hint("{report.exercise}")'


def _indented(line: str) -> str:
    text = line.lstrip()
    indent = " " * (4 + len(line) - len(text))
    return textwrap.fill(
        text, 88, initial_indent=indent, subsequent_indent=f"{indent}  "
    )


def _next(report: Report) -> list[str]:
    if report.status == "passed":
        return []
    if report.status == EMPTY:
        do = f'answer it in the notebook; a nudge: hint("{report.exercise}")'
    else:
        do = f'change it and run this again; stuck: hint("{report.exercise}")'
    return [f"    next: {do}"]
