"""What came of a graded class: what was printed, the gradebook, the folders."""

import json
from typing import Any

import nbformat
import pytest
from nbgrader.api import Gradebook

from coursekit.cli import main
from coursekit.core.course import Course
from coursekit.grading import audit
from coursekit.grading.atomic_files import read_json
from tests.coursekit.sample_course import NAME

Out = pytest.CaptureFixture[str]


def graded(out: Out, *args: str, code: int = 0) -> dict[str, Any]:
    """What `coursekit grade --json` prints, submissions by student."""
    assert main(["grade", NAME, "--json", *args]) == code
    found = json.loads(out.readouterr().out)
    return {**found, "by": {row["student"]: row for row in found["submissions"]}}


def points(found: dict[str, Any]) -> dict[str, dict[str, float]]:
    """Points by student and exercise."""
    return {
        student: {e: score for e, (score, _) in row["exercises"].items()}
        for student, row in found["by"].items()
    }


def rows(course: Course) -> list[tuple[Any, ...]]:
    """All of the gradebook that grading writes."""
    with Gradebook(course.config().CourseDirectory.db_url) as book:
        return sorted(
            (
                submission.student.id,
                str(submission.timestamp),
                notebook.late_submission_penalty,
                sorted(
                    (g.name, g.auto_score, g.manual_score, g.needs_manual_grade)
                    for g in notebook.grades
                ),
                sorted((c.name, c.auto_comment) for c in notebook.comments),
            )
            for submission in book.assignment_submissions(NAME)
            for notebook in submission.notebooks
        )


def outputs(course: Course, student: str) -> dict[str, Any]:
    """Cells of the autograded notebook: metadata and outputs, and files beside it."""
    folder = course.root / "grading" / "autograded" / student / NAME
    notebook = nbformat.read(folder / f"{NAME}.ipynb", as_version=4)
    cells = [(c.source, c.metadata, c.get("outputs")) for c in notebook.cells]
    files = {p.name: (p.stat().st_mode, p.read_bytes()) for p in folder.iterdir()}
    del files[f"{NAME}.ipynb"]
    return {"cells": cells, "files": files}


def audit_of(course: Course, student: str) -> dict[str, Any]:
    """The record of a student's grading."""
    return read_json(audit.path(course, student, NAME))


def recorded(course: Course) -> set[str]:
    """The students whose grading has its record."""
    return {p.parent.name for p in (course.root / "grading" / "audit").glob("*/*.json")}
