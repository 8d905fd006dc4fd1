"""Grade one submission: rebuild, run, judge; the same for every way of grading."""

import atexit
import contextlib
import dataclasses
import functools
import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from coursekit.core.answers_file import FILE as ANSWERS
from coursekit.core.course import Course
from coursekit.core.module import FILE, Module, load
from coursekit.core.notebook import (
    Cell,
    grader,
    read_source,
    up_to_last_test,
)
from coursekit.core.rebuild import RebuiltNotebook, rebuild
from coursekit.core.report import EMPTY, Report
from coursekit.core.withheld import stripped
from coursekit.grading import by_hand, intake
from coursekit.grading.answers import GivenAnswers, given
from coursekit.grading.atomic_files import put
from coursekit.grading.judge_client import judge
from coursekit.grading.notebook_runner import Ran, Runner
from coursekit.grading.outcome import (
    lost,
    needs_an_eye,
    note_cells,
    outcome,
    write_outputs,
)
from coursekit.sandbox.archive import Room
from coursekit.sandbox.choose import launcher
from coursekit.sandbox.limits import Limits
from coursekit.sandbox.socket_folders import Folder


@dataclass(frozen=True)
class Graded:
    """A graded submission: one report an exercise, in the module's order.

    `notebook` is the rebuilt one with its outputs; `audit` says what was run.
    """

    module: Module
    reports: tuple[Report, ...]
    notebook: NotebookNode
    audit: dict[str, Any] = field(default_factory=dict)

    @property
    def score(self) -> float:
        """Points reached."""
        return round(sum(r.score for r in self.reports), 2)


def grade_submission(
    course: Course,
    module: str,
    notebook: Path,
    *,
    limits: Limits | None = None,
    tick: Callable[[int, int], None] = lambda done, count: None,
) -> Graded:
    """Grade the answers in `notebook`, which lies beside the learner's other files.

    A notebook that cannot be read gets no points and a report that says why.
    CourseError when the course's own side is at fault; Unavailable without a sandbox,
    unless unprotected grading was allowed.
    """
    launcher()
    known = load(course.source(module))
    source = read_source(course.source(module) / f"{module}.ipynb")
    began = time.monotonic()
    cells, problem = intake.read(notebook, course, module)
    rebuilt = rebuild(source, cells)
    answers = given(notebook, known)
    texts = by_hand.settle(known, rebuilt)
    took = {"rebuild": time.monotonic() - began}
    if problem:
        reports = tuple(lost(e, EMPTY, problem) for e in known.exercises)
        ran, told = Ran(), list[str]()
    else:
        seed, most = _seed(cells, notebook, module, answers), limits or Limits()
        ran = _run(course, known, rebuilt, notebook, seed, most, tick, answers)
        note_cells(rebuilt, ran.asked, ran.ended, ran.changed)
        notes = dict(rebuilt.notes)
        for quiz in (e.id for e in known.exercises if e.kind == "quiz"):
            rebuilt.notes[quiz] = _noted(rebuilt.notes.get(quiz, ""), answers)
        reports = _reports(known, rebuilt, ran)
        told = needs_an_eye(notes, reports, ran.left_out)
    by_name = {r.exercise: r for r in reports}
    write_outputs(rebuilt.notebook, by_name)
    by_hand.decide(rebuilt.notebook, by_name)
    audit = _audit(cells, ran, took | ran.seconds)
    more = {"answers": answers.text, "by_hand": texts, "told": told}
    return Graded(known, reports, rebuilt.notebook, audit | more)


def _run(
    course: Course,
    module: Module,
    rebuilt: RebuiltNotebook,
    notebook: Path,
    seed: str,
    limits: Limits,
    tick: Callable[[int, int], None],
    answers: GivenAnswers,
) -> Ran:
    whole = rebuilt.notebook.cells
    cells = rebuilt.notebook.cells = up_to_last_test(rebuilt.notebook)
    try:
        with (
            _folder(course, module.name, notebook, limits, answers) as placed,
            judge(course, module.name, seed) as its_judge,
        ):
            folder, left_out = placed
            runner = Runner(
                rebuilt.notebook,
                folder,
                its_judge,
                limits,
                tick=lambda done: tick(done, len(cells)),
                redefined=rebuilt.redefined,
            )
            return dataclasses.replace(runner.run(), left_out=left_out)
    finally:
        rebuilt.notebook.cells = whole


@contextlib.contextmanager
def _folder(
    course: Course, name: str, notebook: Path, limits: Limits, answers: GivenAnswers
) -> Iterator[tuple[Path, list[str]]]:
    """Make a private copy of the course's public files, with the learner's that fit.

    Besides, the names of those that do not.
    """
    with tempfile.TemporaryDirectory(dir=_own_folder(os.getpid()).path) as place:
        folder = Path(place) / name
        withheld = shutil.ignore_patterns(*course.withheld, "*.ipynb")
        shutil.copytree(course.source(name), folder, ignore=withheld)
        (folder / FILE).write_text(stripped(course.source(name)), encoding="utf-8")
        room, left_out = Room.of(limits), list[str]()
        for given in filter(Path.is_file, folder.rglob("*")):
            room.take(given.stat().st_size)
        if notebook.parent.resolve() != course.source(name):
            for path, data in _own_files(notebook, name, answers):
                if (folder / path).exists() or room.take(len(data)):
                    put(folder / path, data)  # the course's own files stay
                else:
                    left_out.append(path)
        yield folder, left_out


@functools.cache
def _own_folder(_process: int) -> Folder:
    """A folder of this process; after kill -9 it goes when the next one starts."""
    made = Folder()
    atexit.register(made.remove)
    return made


def _noted(note: str, answers: GivenAnswers) -> str:
    return " ".join([note, *(f"{said[:300]}." for said in answers.notes)]).strip()


def _own_files(
    notebook: Path, name: str, answers: GivenAnswers
) -> Iterator[tuple[str, bytes]]:
    """The learner's files; a notebook outside its own folder has only the answers."""
    if answers.text:  # first, so that there is room for them
        yield ANSWERS, answers.text.encode("utf-8", "replace")
    if notebook.resolve().parent.name == name:
        for path, data in intake.files(notebook.parent):
            if path != ANSWERS:
                yield path, data


def _seed(cells: list[Cell], notebook: Path, name: str, answers: GivenAnswers) -> str:
    """A digest of all that learner code can read of its own submission.

    What one hand-in was told of an order is of no use to the next.
    """
    texts = [cell.text.encode("utf-8", "replace") for cell in cells]
    found = _own_files(notebook, name, answers)
    files = (part for path, data in found for part in (path, data))
    made = hashlib.sha256()
    for part in (*texts, *files):
        data = part.encode("utf-8", "replace") if isinstance(part, str) else part
        made.update(b"%d " % len(data) + data)
    return made.hexdigest()


def _reports(module: Module, rebuilt: RebuiltNotebook, ran: Ran) -> tuple[Report, ...]:
    cells = rebuilt.notebook.cells
    names = {i: grader(cell).get("grade_id") for i, cell in enumerate(cells)}
    ended = {str(names[i]): why for i, why in ran.ended.items()}
    return tuple(
        outcome(e, rebuilt, ran.reports.get(e.id), ended) for e in module.exercises
    )


def _audit(cells: list[Cell], ran: Ran, seconds: dict[str, float]) -> dict[str, Any]:
    return {
        "cells": [[c.kind, c.text, c.grade_id, c.id] for c in cells],
        "kernels": ran.kernels,
        "ended": {str(i): list(why) for i, why in sorted(ran.ended.items())},
        "asked": sorted(ran.asked),
        "changed": {str(i): what for i, what in sorted(ran.changed.items())},
        "left_out": ran.left_out,
        "seconds": {part: round(s, 4) for part, s in seconds.items()},
    }
