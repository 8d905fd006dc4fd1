"""`coursekit check`: grade your own notebook, hidden checks included."""

import argparse
import contextlib
import json
import math
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from coursekit.core.course import CourseError, find_course
from coursekit.core.module import Module
from coursekit.core.report import BY_HAND, EMPTY, Report, plural

if TYPE_CHECKING:
    from coursekit.grading.own_notebook import Result

HELP = "grade a notebook: score, reasons and next step for each exercise"
MARKS = {"passed": "✓", "partial": "~", EMPTY: "·", BY_HAND: "…"}


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
    from coursekit.grading.own_notebook import check, default_notebook
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


def as_text(result: "Result") -> str:
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
