"""Page `grading`: whole submissions a grader gets through, everything switched on."""

import tempfile
import time
from collections.abc import Callable
from functools import lru_cache, partial
from pathlib import Path

from benchmarks.loop import wall_row
from benchmarks.page import Case, Goal, Row
from benchmarks.peers import notebook_graders as graders

TITLE = "Grading: seconds a submission, sandbox and judge on"
MODULE, COUNT = "02_memory", 40
CASE = f"seconds for one submission to {MODULE}, two workers"
RATE = "submissions a minute, two workers"
GOALS = (Goal(CASE, COUNT, "nbgrader", low=10),)


def cases(quick: bool) -> list[Callable[[], Case | Row]]:
    """The graders side by side, then ours by part; quick takes few submissions."""
    count = 4 if quick else COUNT
    return [partial(seconds_each, count), partial(rate, count), partial(by_part, count)]


def seconds_each(count: int) -> Row:
    """Wall seconds a submission of one batch: ours, plain nbgrader, otter-grader."""
    taken, missing = side_by_side(count)
    return wall_row(CASE, count, taken, missing)


def rate(count: int) -> Row:
    """The same as submissions a minute."""
    taken, missing = side_by_side(count)
    rates = {name: [60 / s for s in seconds] for name, seconds in taken.items()}
    return wall_row(RATE, count, rates, missing, unit="a minute")


@lru_cache(1)
def side_by_side(count: int) -> tuple[dict[str, list[float]], dict[str, str]]:
    """Seconds a submission by grader, and why one is missing.

    Ours is quick enough to be timed in between again, which gives its spread.
    """
    taken: dict[str, list[float]] = {}
    missing: dict[str, str] = {}
    for name, work in CONTENDERS:
        with tempfile.TemporaryDirectory(prefix="bench-") as place:
            course = graders.classroom(Path(place), MODULE, count)
            try:
                each = work(course) / count  # first: it may fail
                taken.setdefault(name, []).append(each)
            except (RuntimeError, OSError) as error:
                missing[name] = str(error)[-300:]
    if "ours" not in taken:
        raise RuntimeError(f"ours could not grade: {missing['ours']}")
    return taken, missing


def by_part(count: int) -> Row:
    """Seconds of one worker for a submission, and what they went into."""
    with tempfile.TemporaryDirectory(prefix="bench-") as place:
        course = graders.classroom(Path(place), MODULE, count)
        by_ours(1, course)
        found = graders.parts(course)
    return Row(f"{MODULE} by part, one worker", count, sum(found.values()), peers=found)


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


CONTENDERS: tuple[tuple[str, Callable[[graders.Course], float]], ...] = (
    ("ours", partial(by_ours, 2)),
    ("nbgrader", by_nbgrader),
    ("ours", partial(by_ours, 2)),
    ("ours, one worker", partial(by_ours, 1)),
    ("otter-grader", by_otter),
    ("ours", partial(by_ours, 2)),
)
