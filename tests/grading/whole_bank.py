"""The whole bank handed in and graded as a class, for tests and soak runs."""

import dataclasses
import os
import shutil
import socket
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from unittest.mock import patch

from coursekit.author.release import generate
from coursekit.core.course import Course
from coursekit.grading import worker_pool
from coursekit.grading.batch import Batch, Done, grade_all
from coursekit.grading.gradebook import writer
from coursekit.grading.intake import Submission
from coursekit.grading.submissions import submitted
from coursekit.sandbox.limits import Limits
from tests.grading.assay import NAME, write_course
from tests.grading.bank import BANK
from tests.grading.submission import Entry

# smaller than a class gets, so that what never ends ends soon; a cell has longer than
# the judge waits for a kernel that does not serve (judge.PATIENCE)
LIMITS = Limits(
    memory=800, cell_cpu=4, cell_wall=30, cpu=60, wall=300, disk=100, file=32
)
# for those that end by it alone: the sooner, the more gradings an hour
SHORT = dataclasses.replace(LIMITS, cell_cpu=1.5, cell_wall=12)
JOBS = 5  # some of them only wait for their time to be up


def released(root: Path) -> Course:
    """The course that the bank is handed in to, made below `root`."""
    course = Course(write_course(root))
    generate(course, NAME)
    return course


def hand_in(course: Course, names: Iterable[str], copies: int = 1) -> None:
    """These entries as they come from learners, in place of whatever was there."""
    home = course.root / "grading" / "submitted"
    shutil.rmtree(home, ignore_errors=True)
    for name in names:
        for copy in range(copies):
            BANK[name].write(home / (f"{name}-{copy}" if copy else name) / NAME)


def entry(submission: Submission) -> Entry:
    """The entry that was handed in."""
    return BANK[submission.student.partition("-")[0]]


@contextmanager
def graders(jobs: int = JOBS) -> Iterator[worker_pool.Engine]:
    """Workers beside a secret and a port that learner code must not reach."""
    with listener() as port, patch.dict(os.environ):
        os.environ |= {"BANK_SECRET": "not for learners", "BANK_PORT": str(port)}
        os.environ.pop("COURSEKIT_ROOT", None)
        with closing(worker_pool.Here(jobs)) as engine:
            yield engine


def grade(
    course: Course, engine: worker_pool.Engine, tell: Callable[[Done], None]
) -> None:
    """Grade what was handed in, whether or not it was graded before."""
    with writer(course, "") as book:
        found = submitted(course, [NAME]).submissions
        for limits in (SHORT, LIMITS):
            group = [s for s in found if _limits(entry(s)) is limits]
            grade_all(Batch(course, limits, book, True), group, engine, tell)


def _limits(entry: Entry) -> Limits:
    ends_by_time = any(status == "timed out" for _, status in entry.earned.values())
    return SHORT if ends_by_time else LIMITS


@contextmanager
def listener() -> Iterator[int]:
    """A port on this machine that takes every call; there must be none."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        calls: list[object] = []

        def take() -> None:
            while True:
                try:
                    calls.append(server.accept())
                except OSError:
                    return

        threading.Thread(target=take, daemon=True).start()
        yield server.getsockname()[1]
        assert not calls
