"""Page `grading`: whole submissions a grader gets through, everything switched on."""

import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from benchmarks.page import Case, Goal, Row
from benchmarks.peers import notebook_graders as graders

TITLE = "Grading: seconds a submission, sandbox and judge on"
MODULE, COUNT = "02_memory", 40
CASE = f"seconds for one submission to {MODULE}, two workers"
GOALS = (Goal(CASE, COUNT, "ratio_naive", low=10),)


def cases(quick: bool) -> list[Callable[[], Case | Row]]:
    """One case, then what its seconds went into; quick takes few submissions."""
    return [partial(side_by_side, 4 if quick else COUNT)]


def side_by_side(count: int) -> Row:
    """Wall seconds a submission of one batch: ours, plain nbgrader, otter-grader."""
    taken: dict[str, float] = {}
    missing: dict[str, str] = {}
    for name, work in CONTENDERS.items():
        with tempfile.TemporaryDirectory(prefix="bench-") as place:
            course = graders.classroom(Path(place), MODULE, count)
            try:
                taken[name] = work(course) / count
            except (RuntimeError, OSError) as error:
                missing[name] = str(error)[-300:]
    ours, naive = taken.pop("ours"), taken.pop("nbgrader", None)
    return Row(
        CASE,
        count,
        ours,
        naive,
        naive / ours if naive else None,
        taken,
        {name: seconds / ours for name, seconds in taken.items()},
        missing,
    )


def seconds(words: list[list[str]], course: graders.Course) -> float:
    """Wall seconds of some commands."""
    start = time.perf_counter()
    for command in words:
        graders.run(command, course)
    return time.perf_counter() - start


def by_ours(jobs: int, course: graders.Course) -> float:
    """Ours with so many workers."""
    return seconds([graders.ours(course, MODULE, jobs)], course)


def by_nbgrader(course: graders.Course) -> float:
    """nbgrader as it comes, all submissions in one command."""
    return seconds([graders.plain(course, MODULE)], course)


def by_otter(course: graders.Course) -> float:
    """otter-grader, which takes one at a time."""
    return seconds(graders.otter(course, MODULE), course)


CONTENDERS: dict[str, Callable[[graders.Course], float]] = {
    "ours": partial(by_ours, 2),
    "ours, one worker": partial(by_ours, 1),
    "nbgrader": by_nbgrader,
    "otter-grader": by_otter,
}
