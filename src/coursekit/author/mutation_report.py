"""Which changed solutions still get full marks: holes in a check, or right answers.

`Engine` is the seam: `in_process` is the quickest, the judged one can take its place.
"""

import contextlib
import dataclasses
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from coursekit.author.forked import LostFork, call_forked
from coursekit.author.mutation import Mutant, mutants, sample
from coursekit.author.verify.bank import NO_BANK
from coursekit.author.verify.plain_run import run_attempts
from coursekit.author.verify.subject import Subject
from coursekit.core.course import Course, CourseError
from coursekit.core.module import Module, load
from coursekit.core.notebook import grader
from coursekit.core.processes import side_by_side
from coursekit.core.report import Report
from coursekit.core.toml_schema import ModuleError, read

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


FILE = "survivors.toml"
AT_ONCE = 25  # mutants a process grades before the next: few lead-ins, steady progress


def explained(subject: Subject) -> dict[str, dict[str, str]]:
    """Return why mutants with full marks are right, by exercise and change.

    `bank/survivors.toml` has a table for each exercise, in it the change as `coursekit
    mutants` prints it, without the number of the line. ModuleError for anything else.

        [rank]
        "if n < 2:  →  if n <= 2:" = "Two items are sorted alike on either way."
    """
    path = subject.folder / "bank" / FILE
    found = read(path) if path.exists() else {}
    for exercise, reasons in found.items():
        subject.module.exercise(exercise)  # or it says which there are
        if not isinstance(reasons, dict):
            raise ModuleError(f"{FILE}: put {exercise!r} below an exercise, [its_id]")
        for change, why in reasons.items():
            if not (isinstance(why, str) and why.strip()):
                raise ModuleError(f"{FILE}: {exercise}: give a reason for {change!r}")
    return found


def change(mutant: Mutant) -> str:
    """Return the change a mutant makes, without the line's number."""
    return mutant.diff.partition(": ")[2]


@dataclass
class Tally:
    """The fates of one exercise's mutants; `made` includes those that were not run."""

    exercise: str
    made: int
    killed: int = 0
    timed_out: int = 0
    seconds: float = 0.0
    survivors: list[Mutant] = field(default_factory=list)
    explained: dict[str, str] = field(default_factory=dict)  # reasons by change
    stale: list[str] = field(default_factory=list)  # those whose change is noticed

    @property
    def run(self) -> int:
        """How many were graded."""
        return self.killed + self.timed_out + len(self.survivors)

    @property
    def unexplained(self) -> list[Mutant]:
        """The survivors that nobody has given a reason for."""
        return [m for m in self.survivors if change(m) not in self.explained]


def survey(
    course: Course,
    modules: Sequence[str],
    *,
    exercise: str = "",
    most: int | None = None,
    seconds: float = 10.0,
    jobs: int | None = None,
    engine: Engine = in_process,
    tick: Callable[[int, int], None] = lambda done, count: None,
) -> list[Tally]:
    """Grade mutants of every solution; at most `most` an exercise, each for `seconds`.

    `tick` gets how many are done, and of how many.
    """
    tallies: list[Tally] = []
    work: list[tuple[Tally, float, list[Mutant], AnswerBatch]] = []
    for subject in (Subject(course, name) for name in modules):
        reasons = explained(subject)
        for wanted in _exercises(subject, exercise):
            name = f"{subject.name}.{wanted}"
            points = subject.module.exercise(wanted).points
            found = mutants(subject.solutions[wanted].source)
            chosen = found if most is None else sample(found, most, seed=name)
            tally = Tally(name, len(found), explained=reasons.get(wanted, {}))
            tallies.append(tally)
            waiting = {change(m) for m in found} - {change(m) for m in chosen}
            tally.stale = [c for c in tally.explained if c not in waiting]
            for i in range(0, len(chosen), AT_ONCE):
                part = chosen[i : i + AT_ONCE]
                texts = tuple(m.text for m in part)
                batch = AnswerBatch(subject.name, wanted, texts, seconds)
                work.append((tally, points, part, batch))
    count, done = sum(len(part) for _, _, part, _ in work), 0
    tick(done, count)
    # survivors are listed in the order of the code, whichever batch is done first
    results = {}
    for place, result in grade_all(course, [w[3] for w in work], engine, jobs):
        results[place] = result
        tick(done := done + len(result.outcomes), count)
    for place, (tally, points, part, _) in enumerate(work):
        tally.seconds += results[place].seconds
        for mutant, outcome in zip(part, results[place].outcomes, strict=True):
            if outcome.status == "timed out":
                tally.timed_out += 1
            elif outcome.score >= points:
                tally.survivors.append(mutant)
                tally.stale = [c for c in tally.stale if c != change(mutant)]
            else:
                tally.killed += 1
    return tallies


def _exercises(subject: Subject, wanted: str) -> list[str]:
    """Exercises answered in code, in the module's order; `wanted` ones if given."""
    short = subject.module.short(wanted)
    return [
        e.id
        for e in subject.module.exercises
        if e.id in subject.solutions and e.kind not in NO_BANK and short in ("", e.id)
    ]
