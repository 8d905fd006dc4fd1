"""Every submission of the bank gets exactly what it has earned, and leaves no trace."""

import dataclasses
import hashlib
import os
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from coursekit.course import Course
from coursekit.grading import pool
from coursekit.grading.batch import Batch, Done, grade_all
from coursekit.grading.gradebook import writer
from coursekit.grading.intake import submitted
from coursekit.grading.sandbox.limits import Limits
from coursekit.release import generate
from tests.grading.assay import NAME, write_course
from tests.grading.bank import BANK

# smaller than a class gets, so that what never ends ends soon; a cell has longer than
# the judge waits for a kernel that does not serve (judge.PATIENCE)
LIMITS = Limits(
    memory=800, cell_cpu=6, cell_wall=30, cpu=60, wall=300, disk=100, file=32
)
JOBS = 6  # many of them only wait for their time to be up


def contents(root: Path, leave: tuple[str, ...]) -> dict[str, str]:
    """All files below `root` by digest, without the folders in `leave`."""
    found = {}
    for place, folders, files in os.walk(root):
        folders[:] = [f for f in folders if f not in leave]
        for name in files:
            path = Path(place, name)
            if path.is_file() and not path.is_symlink():
                found[str(path)] = hashlib.sha256(path.read_bytes()).hexdigest()
    return found


def found_outside() -> list[Path]:
    """Files that entries try to leave where all of this machine would find them."""
    names = ("bomb", "left", "after.txt", "mine.txt", "old.json", "big")
    places = [Path(p, n) for p in ("/tmp", "/dev/shm", "/var/tmp") for n in names]
    return [place for place in places if place.exists()]


@pytest.fixture(scope="module")
def listener() -> Iterator[int]:
    """A port on this machine that takes every call and counts it."""
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


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory, listener: int) -> dict[str, Done]:
    """The whole bank handed in and graded as a class, by name."""
    root = write_course(tmp_path_factory.mktemp("bank"))
    course = Course(root)
    generate(course, NAME)
    for entry in BANK.values():
        entry.write(root / "grading" / "submitted" / entry.name / NAME)
    before = contents(root, ("grading",))
    assert not found_outside(), "left by somebody else: remove it"
    done: list[Done] = []
    with pytest.MonkeyPatch.context() as patch, writer(course, "") as book:
        patch.setenv("BANK_SECRET", "not for learners")
        patch.setenv("BANK_PORT", str(listener))
        patch.delenv("COURSEKIT_ROOT", raising=False)
        found = submitted(course, [NAME])
        engine = pool.Here(JOBS)
        try:
            grade_all(
                Batch(course, LIMITS, book), found.submissions, engine, done.append
            )
        finally:
            engine.close()
    assert contents(root, ("grading",)) == before, "the course's own files stay"
    return {one.submission.student: one for one in done}


@pytest.mark.timeout(900)
@pytest.mark.parametrize("name", BANK)
def test_it_gets_what_it_has_earned(graded: dict[str, Done], name: str) -> None:
    done = graded[name]
    assert not done.error
    assert done.now == BANK[name].expected()


def test_nothing_survives(graded: dict[str, Done]) -> None:
    assert len(graded) == len(BANK)
    names = [p.info for p in psutil.process_iter(["name", "cmdline"])]
    assert not [n for n in names if "bank-leftover" in str(n)]
    assert not found_outside()


def test_the_bank_is_large_enough() -> None:
    assert len(BANK) >= 90
    assert all(dataclasses.asdict(e)["why"] for e in BANK.values())
