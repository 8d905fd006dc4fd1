"""Every submission of the bank gets exactly what it has earned, and leaves no trace."""

import dataclasses
import hashlib
import os
from pathlib import Path

import psutil
import pytest

from coursekit.grading.batch import Done
from tests.grading import whole_bank
from tests.grading.bank import BANK

pytestmark = pytest.mark.deep


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
def graded(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Done]:
    """The whole bank handed in and graded as a class, by name."""
    course = whole_bank.released(tmp_path_factory.mktemp("bank"))
    whole_bank.hand_in(course, BANK)
    before = contents(course.root, ("grading",))
    assert not found_outside(), "left by somebody else: remove it"
    done: list[Done] = []
    with whole_bank.graders() as engine:
        whole_bank.grade(course, engine, done.append)
    assert contents(course.root, ("grading",)) == before, "the course's own files stay"
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
