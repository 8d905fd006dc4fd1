"""Twenty mixed submissions of each module, graded in both ways: points are as known.

The known points come from the checks run in one process, without any of grading.
A class takes a minute, so three modules stand for all: COURSE_CLASSES=all runs all.
"""

import json
import os
import random
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell
from nbgrader.api import Gradebook
from nbgrader.apps import NbGraderAPI
from nbgrader.coursedir import CourseDirectory

from coursekit.author.release import generate
from coursekit.author.verify.bank import SHIPPED, SOLUTION, _attempts, run_bank
from coursekit.author.verify.subject import Subject
from coursekit.core.course import Course
from coursekit.core.module import Exercise
from coursekit.core.notebook import grader, is_solution
from tests.grading.classroom import Out
from tests.grading.test_bank_graded import TOP, copied

pytestmark = pytest.mark.deep

ALL = os.environ.get("COURSE_CLASSES") == "all"
CLASSES = Course(TOP).modules if ALL else ("00_start", "06_storage", "09_capstone")
LEARNERS = 20
BOTH_WAYS = ("s02", "s07")  # graded by nbgrader autograde too
SYNTAX, MISSING, RETYPED, TWICE = "a typo", "no cell", "as Markdown", "two cells"
BROKEN = (SYNTAX, MISSING, RETYPED, TWICE)
KINDS, WEIGHTS = ("right", "wrong", "blank", "broken"), (50, 30, 10, 10)


@dataclass
class Handed:
    """What a learner hands in: a label for each exercise, and quiz answers."""

    labels: dict[str, str] = field(default_factory=dict)
    letters: dict[str, str] = field(default_factory=dict)
    points: dict[str, float] = field(default_factory=dict)  # that it has earned


def drawn(subject: Subject) -> Iterator[Handed]:
    """Twenty learners: one all right, one all blank, the others mixed."""
    dice = random.Random(subject.name)
    module = subject.module
    for number in range(LEARNERS):
        made = Handed()
        for exercise in module.exercises:
            if number < 2:
                made.labels[exercise.id] = (SOLUTION, SHIPPED)[number]
            elif exercise.kind == "quiz" and dice.random() < 0.5:
                made.labels[exercise.id] = SHIPPED
                made.letters |= {
                    q.id: dice.choice(q.letters) for q in module.asked(exercise.id)
                }
            else:
                made.labels[exercise.id] = _label(subject, exercise, dice)
        yield made


def _label(subject: Subject, exercise: Exercise, dice: random.Random) -> str:
    tries = _attempts(subject, exercise.id)
    (kind,) = dice.choices(KINDS, WEIGHTS)
    found = {
        "right": [x for x in tries if x == SOLUTION or x.startswith("right_")],
        "wrong": [x for x in tries if x.startswith("wrong_")] or [SHIPPED],
        "blank": [SHIPPED],
        "broken": [b for b in BROKEN if b != RETYPED or not exercise.by_hand],
    }
    return dice.choice(found[kind])


def expected(subject: Subject, all_of: list[Handed]) -> None:
    """Note what each has earned."""
    runs = run_bank(subject)
    module = subject.module
    for handed in all_of:
        for exercise in module.exercises:
            label = handed.labels[exercise.id]
            asked = module.asked(exercise.id)
            if asked and handed.letters.keys() & {q.id for q in asked}:
                right = sum(handed.letters[q.id] == q.answer for q in asked)
                points = right * exercise.points / len(asked)
            elif label in (SHIPPED, SYNTAX, MISSING, RETYPED) or exercise.by_hand:
                points = 0.0
            else:
                report = runs.of(exercise.id, SOLUTION if label == TWICE else label)
                assert report is not None
                points = report.score
            handed.points[exercise.id] = round(points, 2)


def hand_in(subject: Subject, student: str, handed: Handed) -> None:
    """The released module with these answers, as from a learner."""
    course, name = subject.course, subject.name
    folder = course.root / "grading" / "submitted" / student / name
    shutil.copytree(course.release(name), folder)
    if handed.letters:
        table = {"at": "2026-01-01T00:00:00+00:00", "quiz": handed.letters}
        (folder / "answers.json").write_text(json.dumps(table))
    path = folder / f"{name}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    cells: list[NotebookNode] = []
    for cell in notebook.cells:
        if is_solution(cell):
            exercise = grader(cell)["grade_id"]
            tries = _attempts(subject, exercise)
            cells += _answered(cell, handed.labels[exercise], tries)
        else:
            cells.append(cell)
    notebook.cells = cells
    nbformat.write(notebook, path)


def _answered(
    cell: NotebookNode, label: str, tries: dict[str, str]
) -> list[NotebookNode]:
    """The learner's cells in place of an answer's."""
    cell.source = tries.get(label, tries[SOLUTION])
    if label == SYNTAX:
        cell.source = "def (:" if cell.cell_type == "code" else ""
    if label == MISSING:
        return []
    if label == RETYPED:
        return [new_markdown_cell(cell.source, id=cell.id, metadata=cell.metadata)]
    if label == TWICE:
        first = nbformat.from_dict({**cell, "id": f"{cell.id}-2"})
        return [first, cell]
    return [cell]


def booked(course: Course, name: str) -> dict[str, dict[str, Any]]:
    """What the gradebook has, by student and exercise."""
    with Gradebook(course.config().CourseDirectory.db_url) as book:
        return {
            s.student.id: {
                g.name.removeprefix("test_"): (g.auto_score, g.needs_manual_grade)
                for n in s.notebooks
                for g in n.grades
            }
            for s in book.assignment_submissions(name)
        }


@pytest.mark.timeout(900)
@pytest.mark.parametrize("name", CLASSES)
def test_points_are_as_known_in_both_ways(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Out
) -> None:
    from coursekit.cli import main

    monkeypatch.delenv("COURSEKIT_ROOT", raising=False)
    subject = Subject(copied(name, tmp_path), name)
    course = subject.course
    monkeypatch.chdir(course.root)
    generate(course, name)
    class_ = {f"s{n:02}": handed for n, handed in enumerate(drawn(subject))}
    expected(subject, list(class_.values()))
    for student, handed in class_.items():
        hand_in(subject, student, handed)
    capsys.readouterr()
    assert main(["grade", name, "--json", "--jobs", "2"]) == 0
    rows = json.loads(capsys.readouterr().out)["submissions"]
    got = {
        r["student"]: {e: found[0] for e, found in r["exercises"].items()} for r in rows
    }
    wrong = {
        (student, e, handed.labels[e]): (got[student][e], points)
        for student, handed in class_.items()
        for e, points in handed.points.items()
        if abs(got[student][e] - points) > 0.011
    }
    assert not wrong
    first = booked(course, name)
    config = course.config()
    api = NbGraderAPI(CourseDirectory(config=config), config=config)
    for student in BOTH_WAYS:
        assert api.autograde(name, student, force=True)["success"]
    assert booked(course, name) == first
