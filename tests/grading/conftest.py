"""A course whose submissions have been handed in."""

import contextlib
import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import nbformat
import pytest

from coursekit.author.release import generate
from coursekit.commands import grade
from coursekit.core.course import Course
from coursekit.grading import reference
from coursekit.grading.digest import source_digest
from coursekit.grading.worker_pool import Here
from coursekit.judge.learner_proxies import LearnerNames
from coursekit.sandbox.limits import Limits
from tests.coursekit.sample_course import BANK, NAME, answered, write_course
from tests.grading.ends import both_ends
from tests.nbgrader_head import one_alembic  # noqa: F401

ANSWERS = {"quiz": {"q1": "B", "q2": "B"}}
SCORES = {
    "ada": {"double": 4.0, "halve": 2.0, "quiz": 2.0},
    "bob": {"double": 3.0, "halve": 2.0, "quiz": 1.0},
    "cy": {"double": 0.0, "halve": 1.0, "quiz": 2.0},
}
HandIn = Callable[..., Path]


@pytest.fixture(scope="session")
def released(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """A course that nbgrader has released; tests work on copies."""
    course = Course(write_course(tmp_path_factory.mktemp("released")))
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(course.root)
        patch.delenv("COURSEKIT_ROOT", raising=False)
        generate(course, NAME)
    # its solution is right; those tests that break it have it graded
    reference.keep(course, NAME, source_digest(course, NAME), Limits())
    return course


@pytest.fixture
def course(
    released: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Course]:
    """A copy of the released course; the current folder is its root."""
    root = tmp_path / "course"
    shutil.copytree(released.root, root)
    monkeypatch.chdir(root)
    monkeypatch.delenv("COURSEKIT_ROOT", raising=False)
    yield Course(root)


@pytest.fixture
def hand_in(course: Course) -> HandIn:
    """Copies the release as a student's submission, with a notebook's answers."""

    def put(student: str, notebook: nbformat.NotebookNode | None = None) -> Path:
        folder = course.root / "grading" / "submitted" / student / NAME
        shutil.copytree(course.release(NAME), folder)
        nbformat.write(notebook or answered(), folder / f"{NAME}.ipynb")
        return folder

    return put


@pytest.fixture(scope="session")
def warm() -> Iterator[Here]:
    """Two worker processes, warm for all tests."""
    workers = Here(2)
    yield workers
    workers.close()


@pytest.fixture
def quick(warm: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    """`coursekit grade` takes the warm workers and leaves them to the next test."""
    kept = Kept(warm)
    monkeypatch.setattr(grade, "engine", lambda args: kept)


class Kept:
    """Workers that are not closed by who uses them."""

    def __init__(self, workers: Here) -> None:
        self.run = workers.run

    def close(self) -> None:
        """They stay."""


@pytest.fixture
def three(hand_in: HandIn) -> None:
    """All right, half right, and one whose first answer ends its kernel."""
    hand_in("ada")
    signed = answered(double=BANK["double/wrong_sign.py"], quiz="")
    (hand_in("bob", signed) / "answers.json").write_text(json.dumps(ANSWERS))
    deadly = "import os; os._exit(1)"
    hand_in("cy", answered(double=deadly, halve=BANK["halve/wrong_floor.py"]))


@pytest.fixture
def linked():
    """`linked(source)` runs learner code and gives (link, its names as the judge's)."""
    with contextlib.ExitStack() as stack:

        def link(source, **names):
            names["__name__"] = "learner"
            exec(compile(source, "<cell>", "exec"), names)
            made = stack.enter_context(both_ends(names))
            return made, LearnerNames(made)

        yield link
