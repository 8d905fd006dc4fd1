"""Grade answers to one exercise by the score alone: for mutants.

`Engine` is the seam: `in_process` is the quickest, the judged one can take its place.
"""

import contextlib
import dataclasses
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from coursekit.course import Course, CourseError
from coursekit.module import Module, load
from coursekit.notebook import grader
from coursekit.processes import side_by_side
from coursekit.report import Report
from coursekit.verify.forked import Lost, call_forked
from coursekit.verify.plain_run import run_attempts
from coursekit.verify.subject import Subject

MEMORY = 4 << 30  # bytes of address space that an answer may take
LEAD = 600.0  # seconds for the cells before the answer


@dataclass(frozen=True)
class Batch:
    """Answers to one exercise; each may take `seconds`."""

    module: str
    exercise: str
    texts: tuple[str, ...]
    seconds: float


@dataclass(frozen=True)
class Outcome:
    """What an answer got."""

    score: float
    status: str


@dataclass(frozen=True)
class Done:
    """A graded batch: an outcome a text, and the seconds they took together."""

    outcomes: tuple[Outcome, ...]
    seconds: float


Engine = Callable[[Course, Batch], Done]


def grade_all(
    course: Course, batches: Sequence[Batch], engine: Engine, jobs: int | None = None
) -> Iterator[tuple[int, Done]]:
    """Each batch's place and result, as they are done, `jobs` at once."""
    return side_by_side(partial(engine, course), batches, jobs)


def in_process(course: Course, batch: Batch) -> Done:
    """Grade by the check in a copy of one process, as `coursekit verify` does."""
    subject = Subject(course, batch.module)
    notebook = _up_to_test(subject.notebook, batch.exercise)
    attempts = {str(i): text for i, text in enumerate(batch.texts)}
    with _private(subject) as module:
        began = time.monotonic()
        work = partial(_run, notebook, module, batch, attempts)
        (found,) = call_forked([work], LEAD + batch.seconds * len(attempts))
    if isinstance(found, Lost):
        raise CourseError(
            f"running {batch.module} up to {batch.exercise} {found.status}: "
            "run the notebook in JupyterLab to see where"
        )
    reports = found["reports"][batch.exercise]
    outcomes = tuple(_outcome(reports[label]) for label in attempts)
    return Done(outcomes, time.monotonic() - began)


def _run(
    notebook: NotebookNode, module: Module, batch: Batch, attempts: dict[str, str]
) -> dict[str, Any]:
    _limit_memory()
    return run_attempts(notebook, module, {batch.exercise: attempts}, batch.seconds, 1)


def _limit_memory() -> None:
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, hard))


def _outcome(data: dict[str, Any]) -> Outcome:
    if "lost" in data:
        return Outcome(0.0, data["lost"])
    report = Report.from_json(data)
    return Outcome(report.score, report.status)


def _up_to_test(notebook: NotebookNode, exercise: str) -> NotebookNode:
    """The notebook's cells up to the exercise's test."""
    names = [grader(cell).get("grade_id") for cell in notebook.cells]
    kept = notebook.cells[: names.index(f"test_{exercise}") + 1]
    return NotebookNode({**notebook, "cells": kept})


@contextlib.contextmanager
def _private(subject: Subject) -> Iterator[Module]:
    """The module in a copy of its folder, so that batches share no answers.json."""
    with tempfile.TemporaryDirectory(prefix="coursekit-") as place:
        folder = Path(place) / subject.name
        ignored = shutil.ignore_patterns("bank", "__pycache__", "answers.json")
        shutil.copytree(subject.folder, folder, ignore=ignored)
        module = load(folder)
        known = subject.module.misconceptions
        yield dataclasses.replace(module, misconceptions=known)
