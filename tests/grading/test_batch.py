"""`coursekit grade`: same scores as nbgrader's own command, regraded, dry."""

import json
import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_code_cell
from nbgrader.api import Gradebook
from nbgrader.apps import NbGraderAPI
from nbgrader.coursedir import CourseDirectory

from coursekit.cli import main
from coursekit.commands import grade
from coursekit.core.course import Course
from coursekit.grading import audit, grade_one, nbgrader_hooks
from coursekit.grading.atomic_files import read_json
from coursekit.grading.batch import Done, Plan, grade_all
from coursekit.grading.intake import Submission
from coursekit.grading.worker import Job, grade_job
from coursekit.sandbox.box import Unavailable
from tests.coursekit.sample_course import BANK, NAME, answered
from tests.grading.classroom import Out, audit_of, graded, outputs, points, rows
from tests.grading.conftest import SCORES, HandIn

STATUSES = {
    "ada": {"double": "passed", "halve": "passed", "quiz": "passed"},
    "bob": {"double": "partial", "halve": "passed", "quiz": "partial"},
    "cy": {"double": "crashed", "halve": "partial", "quiz": "passed"},
}


@pytest.mark.deep
@pytest.mark.usefixtures("three", "quick")
def test_the_same_gradebook_as_nbgrader_autograde(course: Course, capsys: Out) -> None:
    late = course.root / "grading" / "submitted" / "bob" / NAME / "timestamp.txt"
    late.write_text("2026-11-03 10:00:00 UTC")
    found = graded(capsys)
    assert points(found) == SCORES
    by = {s: row["exercises"] for s, row in found["by"].items()}
    assert {s: {e: t for e, (_, t) in r.items()} for s, r in by.items()} == STATUSES
    assert set(found["seconds"]) >= {"rebuild", "kernel", "cells", "judge", "write"}
    ours, shown = rows(course), {s: outputs(course, s) for s in SCORES}
    shutil.rmtree(course.root / "grading" / "autograded")
    config = course.config()
    with Gradebook(config.CourseDirectory.db_url) as book:
        for student in SCORES:
            book.remove_student(student)
    api = NbGraderAPI(CourseDirectory(config=config), config=config)
    for student in SCORES:
        done = api.autograde(NAME, student)
        assert done["success"], done["log"]
    assert rows(course) == ours
    assert {s: outputs(course, s) for s in SCORES} == shown
    again = graded(capsys)
    assert all(row["skipped"] for row in again["by"].values()), "one line of records"
    done = api.generate_feedback(NAME)
    assert done["success"], done["log"]
    html = course.root / "grading" / "feedback" / "bob" / NAME / f"{NAME}.html"
    page = html.read_text(encoding="utf-8")
    assert re.search(r">✗</b>\s*negative<", page)
    assert re.findall(r'<tr><td>.*?<a href="#(\w+)">', page) == [*SCORES["bob"]]


class Slow:
    """A batch that sees whether each of its results was told before the next."""

    def __init__(self) -> None:
        self.told: list[Done] = []

    def plan(self, submissions: list[Submission]) -> Plan:
        """Nothing that was graded before."""
        return Plan()

    def run(self, plan: Plan, engine: None) -> Iterator[Done]:
        """Three results."""
        for number in range(3):
            assert len(self.told) == number
            yield Done(Submission(str(number), NAME, Path()))


def test_each_is_told_as_soon_as_it_is_done() -> None:
    batch: Any = Slow()
    grade_all(batch, [], batch, batch.told.append)
    assert len(batch.told) == 3


@pytest.mark.usefixtures("quick")
def test_only_what_changed_is_graded_again(
    course: Course, hand_in: HandIn, capsys: Out
) -> None:
    hand_in("ada")
    path = hand_in("bob") / f"{NAME}.ipynb"
    assert not any(row["skipped"] for row in graded(capsys)["by"].values())
    nbformat.write(answered(halve=BANK["halve/wrong_floor.py"]), path)
    dry = graded(capsys, "--dry-run")
    before = rows(course)
    assert dry["by"]["bob"]["changes"] == {"halve": [2, 1]}
    found = graded(capsys)
    assert found["by"]["ada"]["skipped"]
    assert found["by"]["bob"]["changes"] == {"halve": [2, 1]}
    assert rows(course) != before
    one = graded(capsys, "--regrade", "--student", "ada")["by"]
    assert [(s, row["changes"]) for s, row in one.items()] == [("ada", {})]


@pytest.mark.usefixtures("quick")
def test_a_dry_run_writes_nothing(course: Course, hand_in: HandIn, capsys: Out) -> None:
    folder = hand_in("ada")
    (folder / "link").symlink_to(folder)
    before = {p: p.lstat().st_mtime_ns for p in course.root.rglob("*")}
    assert main(["grade", "--dry-run"]) == 0
    assert "8" in capsys.readouterr().out
    assert {p: p.lstat().st_mtime_ns for p in course.root.rglob("*")} == before


@pytest.mark.usefixtures("quick")
def test_bad_submissions_stop_nothing_and_get_no_points(
    course: Course, hand_in: HandIn, capsys: Out
) -> None:
    hand_in("ada")
    (hand_in("bob") / f"{NAME}.ipynb").write_text('{"cells": [')
    path = hand_in("cy") / f"{NAME}.ipynb"
    path.unlink()
    os.mkfifo(path)
    (hand_in("dee") / f"{NAME}.ipynb").unlink()
    hand_in("a*b")
    found = graded(capsys, code=1)
    assert {s: sum(p.values()) for s, p in points(found).items()} == {
        "ada": 8,
        "bob": 0,
        "cy": 0,
        "dee": 0,
    }
    assert "pipe" in found["quarantined"][f"cy/{NAME}"][0]
    assert list(found["refused"]) == ["a*b"]
    reasons = {
        s: audit_of(course, s)["reports"][0]["reasons"][0] for s in ("bob", "cy", "dee")
    }
    assert "not JSON" in reasons["bob"]
    assert "pipe" in reasons["cy"]
    assert "cannot be opened" in reasons["dee"]


@pytest.mark.usefixtures("quick")
def test_a_grade_by_hand_stays_and_asks_for_another_look(
    course: Course, hand_in: HandIn, capsys: Out
) -> None:
    hand_in("ada")
    graded(capsys)
    with Gradebook(course.config().CourseDirectory.db_url) as book:
        grade = book.find_grade("test_halve", NAME, NAME, "ada")
        grade.manual_score = 1.5
        book.db.commit()
    graded(capsys, "--regrade")
    ((_, _, _, grades, _),) = rows(course)
    assert ("test_halve", 2.0, 1.5, True) in grades


@pytest.mark.usefixtures("quick")
def test_a_score_changed_behind_our_back_is_graded_again(
    course: Course, hand_in: HandIn, capsys: Out
) -> None:
    hand_in("ada")
    graded(capsys)
    before = rows(course)
    with Gradebook(course.config().CourseDirectory.db_url) as book:
        book.find_grade("test_halve", NAME, NAME, "ada").auto_score = 0
        book.db.commit()
    assert not graded(capsys)["by"]["ada"]["skipped"]
    assert rows(course) == before


@pytest.mark.usefixtures("quick")
def test_a_record_lets_the_grade_be_made_again(
    course: Course, hand_in: HandIn, capsys: Out
) -> None:
    folder = hand_in("ada", answered(double=BANK["double/wrong_sign.py"], quiz=""))
    (folder / "answers.json").write_text('{"quiz": {"q1": "B", "q2": "B"}}')
    graded(capsys)
    path = audit.path(course, "ada", NAME)
    shutil.rmtree(folder)
    assert main(["grade", "--replay", str(path)]) == 0
    assert capsys.readouterr().out.endswith("quiz: 1 partial\nThe same grade.\n")
    record = read_json(path)
    record["reports"][0]["criteria"][0]["points"] = 0
    record["reports"][0]["score"] = 2
    forged = path.with_name("forged.json")
    forged.write_text(json.dumps(record))
    with (course.source(NAME) / "checks.py").open("a") as file:
        file.write("# a change\n")
    assert main(["grade", "--replay", str(forged)]) == 1
    said = capsys.readouterr().out
    assert "double: 2 partial, now 3 partial" in said
    assert f"the sources of {NAME}" in said
    assert main(["grade", "--replay", str(folder / "none.json")]) == 2


@pytest.mark.parametrize(
    ("break_it", "message"),
    [
        (lambda c: shutil.rmtree(c.root / "grading"), "Nothing was handed in"),
        (lambda c: forget(c), "coursekit release"),
        (lambda c: more_points(c), "have changed since"),
    ],
)
def test_what_cannot_be_graded_is_told(
    course: Course, hand_in: HandIn, capsys: Out, break_it: Any, message: str
) -> None:
    hand_in("ada")
    break_it(course)
    assert main(["grade", NAME]) == 2
    assert message in capsys.readouterr().err


def forget(course: Course) -> None:
    """Take the gradebook away."""
    (course.root / "grading" / "gradebook.db").unlink()


def more_points(course: Course) -> None:
    """Change an exercise's points behind the gradebook's back."""
    path = course.source(NAME) / "module.toml"
    path.write_text(path.read_text().replace("points = 4", "points = 5"))


def test_a_gradebook_that_does_not_open_is_told(
    course: Course, hand_in: HandIn, capsys: Out
) -> None:
    hand_in("ada")
    (course.root / "grading" / "broken.db").write_bytes(b"no database" * 100)
    for url, message in {
        "sqlite:///grading/broken.db": "cannot be opened",
        "sqlite:////nowhere/at/all.db": "There is no gradebook",
        "no address": "cannot be opened",
    }.items():
        assert main(["grade", "--db", url]) == 2
        assert message in capsys.readouterr().err


class InThisProcess:
    """Grades where the test can take the sandbox away."""

    def run(self, work: list[Job]) -> Iterator[dict[str, Any]]:
        """The results."""
        yield from (grade_job(asdict(job)) for job in work)

    def close(self) -> None:
        """Nothing is held."""


@pytest.mark.usefixtures("quick")
def test_without_a_sandbox_a_class_is_not_graded(
    course: Course, hand_in: HandIn, capsys: Out, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none() -> None:
        raise Unavailable("No sandbox on this machine: say --unprotected.")

    hand_in("ada")
    graded(capsys)
    before = rows(course)
    monkeypatch.setattr(grade, "engine", lambda args: InThisProcess())
    monkeypatch.setattr(grade_one, "launcher", none)
    monkeypatch.setattr(nbgrader_hooks, "launcher", none)
    monkeypatch.setenv("COURSEKIT_UNPROTECTED", "")
    assert main(["grade", "--regrade"]) == 2
    assert "--unprotected" in capsys.readouterr().err
    config = course.config()
    config.Autograde.force = True
    api = NbGraderAPI(CourseDirectory(config=config), config=config)
    assert not api.autograde(NAME, "ada")["success"]
    assert rows(course) == before


@pytest.mark.usefixtures("quick")
def test_records_hold_what_ran(course: Course, three: None, capsys: Out) -> None:
    graded(capsys)
    record = audit_of(course, "cy")
    assert record["kernels"] == 2
    assert list(record["ended"].values()) == [["crashed", ""]]
    assert record["score"] == 3
    assert {"python", "nbclient", "code"} <= set(record["versions"])
    assert record["limits"]["cell_wall"] > 0
    assert record["seeds"] == {"random": 0, "numpy": 0, "hash": 0}
    assert Path(record["files"] and audit.path(course, "cy", NAME)).is_file()


@pytest.mark.usefixtures("quick")
def test_what_is_drawn_at_random_is_the_same_each_time(
    course: Course, hand_in: HandIn, capsys: Out
) -> None:
    draws = (
        "import random, numpy\nprint(random.random(), numpy.random.rand(), {*'abc'})"
    )
    notebook = answered()
    notebook.cells.insert(1, new_code_cell(draws))
    for student in ("ada", "bob"):
        hand_in(student, notebook)
    graded(capsys)
    drawn = [
        out.text
        for student in ("ada", "bob")
        for source, _, outs in outputs(course, student)["cells"]
        if source == draws
        for out in outs
    ]
    assert len(drawn) == 2
    assert drawn[0] == drawn[1]
