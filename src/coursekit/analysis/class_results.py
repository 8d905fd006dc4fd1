"""The records of a graded class, read from grading/audit."""

import base64
import binascii
import contextlib
import random
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from coursekit.analysis.statistics import Item, Points, alpha, items
from coursekit.core.answers_file import FILE, sections, understand
from coursekit.core.course import Course, CourseError
from coursekit.core.module import Exercise, Module, Question, load
from coursekit.core.report import BY_HAND, EMPTY, Report, points_of, status_of
from coursekit.grading import audit
from coursekit.grading.atomic_files import read_json
from coursekit.grading.booked import Booked
from coursekit.grading.gradebook import writer
from coursekit.grading.intake import grading_folder


@dataclass(frozen=True)
class Learner:
    """One learner's graded module."""

    name: str
    reports: Mapping[str, Report]  # by exercise
    answers: Mapping[str, str]  # the text of each answer cell, by exercise
    progress: Mapping[str, Mapping[str, Any]]  # hints and visible tests, if handed in

    def points(self, exercise: Exercise) -> float:
        """Points of an exercise."""
        return points_of(self.report(exercise).score, exercise.points)

    def report(self, exercise: Exercise) -> Report:
        """The report of an exercise; an empty one where it has none."""
        none = Report(exercise.id, 0.0, exercise.points, EMPTY)
        return self.reports.get(exercise.id, none)

    def status(self, exercise: Exercise) -> str:
        """The status of an exercise, such as `partial`."""
        return self.report(exercise).status

    def hints(self, exercise: Exercise) -> int:
        """How many hints were used, as far as is known."""
        used = self.progress.get("hints", {}).get(exercise.id)
        return used if type(used) is int else 0

    def beliefs(self, exercise: Exercise) -> set[str]:
        """The misconceptions of the criteria that lost points."""
        rows = self.report(exercise).criteria
        return {row.misconception for row in rows if not row.full}

    def choice(self, question: Question) -> str:
        """The letter that was chosen; empty for none."""
        report = self.reports.get(question.exercise)
        for row in report.criteria if report else ():
            letter, _, text = row.got.partition(" ")
            if row.name.partition(" ")[0] == question.id and text:
                return letter if letter in tuple(question.letters) else ""
        return ""


@dataclass(frozen=True)
class ClassResults:
    """A module and its graded learners; `left_out` handed in nothing to grade.

    Of the exercises that a person grades it has those that all points are given for;
    `waiting` has the others, and for how many learners each still waits.
    """

    module: Module
    learners: Sequence[Learner]
    left_out: Sequence[str]
    waiting: Mapping[str, int] = field(default_factory=dict)

    def anonymous(self) -> "ClassResults":
        """The same with numbers for names, in an order that says nothing about them."""
        mixed = list(self.learners)
        random.SystemRandom().shuffle(mixed)
        width = len(str(len(mixed)))
        named = [
            replace(x, name=f"learner {n:0{width}}") for n, x in enumerate(mixed, 1)
        ]
        nobody = [f"{len(self.left_out)} more"] if self.left_out else []
        return replace(self, learners=named, left_out=nobody)

    @cached_property
    def points(self) -> Points:
        """Points, learners by exercises."""
        rows = [[x.points(e) for e in self.module.exercises] for x in self.learners]
        return np.array(rows, dtype=float)

    @cached_property
    def right(self) -> Points:
        """1 for a right answer, learners by questions."""
        rows = [
            [float(x.choice(q) == q.answer) for q in self.module.quiz]
            for x in self.learners
        ]
        return np.array(rows, dtype=float).reshape(len(rows), len(self.module.quiz))

    @property
    def totals(self) -> Points:
        """Points of each learner."""
        return np.array(self.points.sum(axis=1))

    @property
    def alpha(self) -> float | None:
        """How far the exercises measure one thing."""
        return alpha(self.points)

    def exercises(self) -> list[tuple[Exercise, Item]]:
        """The statistics of each exercise."""
        worth = np.array([e.points for e in self.module.exercises])
        return list(zip(self.module.exercises, items(self.points, worth), strict=True))

    def questions(self) -> list[tuple[Question, Item]]:
        """The statistics of each question, its rest being the module's other points."""
        if not self.module.quiz:
            return []
        worth = np.array(
            [
                self.module.exercise(q.exercise).points
                / len(self.module.asked(q.exercise))
                for q in self.module.quiz
            ]
        )
        others = self.totals - (self.right * worth).sum(axis=1)
        table = np.column_stack([self.right * worth, others])
        found = items(table, np.append(worth, max(self.module.points, 1.0)))
        return list(zip(self.module.quiz, found, strict=False))

    def options(self, question: Question) -> list[tuple[str, int, float | None]]:
        """Each option's letter, who many chose it, and their mean total."""
        chosen = [x.choice(question) for x in self.learners]
        found = []
        for letter in question.letters:
            own = self.totals[[c == letter for c in chosen]]
            found.append((letter, len(own), float(own.mean()) if len(own) else None))
        return found

    def statuses(self, exercise: Exercise) -> Counter[str]:
        """How many learners have each status."""
        return Counter(x.status(exercise) for x in self.learners)

    def beliefs(self, exercise: Exercise) -> Counter[str]:
        """Misconceptions that answers showed, and in how many learners' answers."""
        found = Counter[str]()
        for learner in self.learners:
            found.update(learner.beliefs(exercise))
        known = self.module.misconceptions
        return Counter({name: n for name, n in found.items() if name in known})

    def stuck(self) -> list[tuple[Learner, list[Exercise]]]:
        """Learners who tried exercises without passing, those with the most first.

        An exercise counts when all its hints were used, or when its visible tests were
        run and did not pass; where neither is known, when it failed.
        """
        found = [
            (x, [e for e in self.module.exercises if _stuck(x, e)])
            for x in self.learners
        ]
        return sorted((f for f in found if f[1]), key=lambda f: (-len(f[1]), f[0].name))


def _stuck(learner: Learner, exercise: Exercise) -> bool:
    known = learner.status(exercise) in ("passed", EMPTY)
    if exercise.kind == "quiz" or exercise.by_hand or known:
        return False
    seen = learner.progress.get("progress", {}).get(exercise.id)
    if not isinstance(seen, Mapping):
        return learner.status(exercise) == "failed"
    used_all = bool(exercise.hints) and learner.hints(exercise) >= len(exercise.hints)
    return used_all or seen.get("all") is not True


def read(course: Course, module: str) -> ClassResults:
    """Read what the last grading of each learner recorded.

    CourseError when nobody is graded.
    """
    folder = grading_folder(course) / "audit"
    graded, left_out = list[Learner](), list[str]()
    for path in sorted(folder.glob(f"*/{module}.json")):
        record = read_json(path)
        with contextlib.suppress(TypeError, ValueError):  # damaged: grading mends it
            learner = _learner(path, record)
            if audit.problem(record):
                left_out.append(learner.name)
            else:
                graded.append(learner)
    if not graded:
        raise CourseError(
            f"Nobody's {module} is graded yet: run `coursekit grade {module}` first."
        )
    results = ClassResults(load(course.source(module)), graded, left_out)
    return _with_points_by_hand(course, results)


def _with_points_by_hand(course: Course, results: ClassResults) -> ClassResults:
    """The same with what a person gave; without exercises that still wait for it."""
    module = results.module
    names = [e.id for e in module.exercises if e.by_hand]
    if not names:
        return results
    with writer(course) as book:
        booked = book.booked(module.name)
    learners, waiting = list[Learner](), Counter[str]()
    for learner in results.learners:
        reports, found = dict(learner.reports), booked.get(learner.name, Booked(0, 0))
        for name in names:
            report = reports.get(name)
            if name in found.by_hand and report:
                points = points_of(found.by_hand[name], report.max)
                reports[name] = replace(
                    report, score=points, status=status_of(points, report.max)
                )
            elif report and report.status == BY_HAND:
                waiting[name] += 1
        learners.append(replace(learner, reports=reports))
    kept = tuple(e for e in module.exercises if not waiting[e.id])
    return replace(
        results,
        module=replace(module, exercises=kept),
        learners=learners,
        waiting={name: count for name, count in waiting.items() if count},
    )


def _learner(path: Path, record: Mapping[str, Any]) -> Learner:
    reports = [Report.from_json(row) for row in record.get("reports") or [None]]
    texts = {str(row[2]): str(row[1]) for row in record.get("cells", ()) if row[2]}
    by_name = {report.exercise: report for report in reports}
    return Learner(path.parent.name, by_name, texts, dict(_progress(record)))


def _progress(record: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The sections of the learner's answers.json, where it was handed in."""
    kept = record.get("files", {}).get(FILE) or {}
    try:
        data = base64.b64decode(kept.get("data") or "", validate=True)
    except (binascii.Error, ValueError):
        return
    yield from sections(understand(data)[0]).items()
