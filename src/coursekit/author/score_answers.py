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

from coursekit.author.verify.forked import LostFork, call_forked
from coursekit.author.verify.plain_run import run_attempts
from coursekit.author.verify.subject import Subject
from coursekit.core.course import Course, CourseError
from coursekit.core.module import Module, load
from coursekit.core.notebook import grader
from coursekit.core.processes import side_by_side
from coursekit.core.report import Report

MEMORY = 4 << 30  # bytes of address space that an answer may take
LEAD = 600.0  # seconds for the cells before the answer


@dataclass(frozen=True)
class AnswerBatch:
    """Answers to one exercise; each may take `seconds`."""

    module: str
    exercise: str
    texts: tuple[str, ...]
    seconds: float


@dataclass(frozen=True)
class AnswerOutcome:
    """The result of one answer."""

    score: float
    status: str


@dataclass(frozen=True)
class Scored:
    """A graded batch: an outcome a text, and the seconds they took together."""

    outcomes: tuple[AnswerOutcome, ...]
    seconds: float


Engine = Callable[[Course, AnswerBatch], Scored]


def grade_all(
    course: Course,
    batches: Sequence[AnswerBatch],
    engine: Engine,
    jobs: int | None = None,
) -> Iterator[tuple[int, Scored]]:
    """Each batch's place and result, as they are done, `jobs` at once."""
    return side_by_side(partial(engine, course), batches, jobs)


def in_process(course: Course, batch: AnswerBatch) -> Scored:
    """Grade by the check in a copy of one process, as `coursekit verify` does."""
    subject = Subject(course, batch.module)
    notebook = _up_to_test(subject.notebook, batch.exercise)
    attempts = {str(i): text for i, text in enumerate(batch.texts)}
    with _private(subject) as module:
        began = time.monotonic()
        work = partial(_run, notebook, module, batch, attempts)
        (found,) = call_forked([work], LEAD + batch.seconds * len(attempts))
    if isinstance(found, LostFork):
        raise CourseError(
            f"running {batch.module} up to {batch.exercise} {found.status}: "
            "run the notebook in JupyterLab to see where"
        )
    reports = found["reports"][batch.exercise]
    outcomes = tuple(_outcome(reports[label]) for label in attempts)
    return Scored(outcomes, time.monotonic() - began)


def _run(
    notebook: NotebookNode, module: Module, batch: AnswerBatch, attempts: dict[str, str]
) -> dict[str, Any]:
    _limit_memory()
    return run_attempts(notebook, module, {batch.exercise: attempts}, batch.seconds, 1)


def _limit_memory() -> None:
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, hard))


def _outcome(data: dict[str, Any]) -> AnswerOutcome:
    if "lost" in data:
        return AnswerOutcome(0.0, data["lost"])
    report = Report.from_json(data)
    return AnswerOutcome(report.score, report.status)


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
