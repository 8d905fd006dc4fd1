"""Two submissions to a real module through nbgrader: one good, one half right."""

import re
import shutil
from pathlib import Path

import nbformat
import pytest
from nbgrader.api import Gradebook
from nbgrader.apps import NbGraderAPI
from nbgrader.coursedir import CourseDirectory

from coursekit.author.verify.bank import BankAnswer, bank
from coursekit.author.verify.subject import Subject
from coursekit.core import render
from coursekit.core.course import Course
from coursekit.core.notebook import grader, is_solution

pytestmark = pytest.mark.slow

NAME = "02_memory"
REPO = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def subject(tmp_path_factory: pytest.TempPathFactory) -> Subject:
    """A copy of the course with this module only."""
    root = tmp_path_factory.mktemp("course")
    shutil.copy(REPO / "nbgrader_config.py", root)
    shutil.copytree(
        REPO / "solutions",
        root / "solutions",
        ignore=lambda folder, names: [
            n
            for n in names
            if Path(folder, n).is_dir()
            and n not in (NAME, "bank")
            and Path(folder).name == "solutions"
        ],
    )
    return Subject(Course(root), NAME)


@pytest.fixture(scope="module")
def wrong(subject: Subject) -> dict[str, BankAnswer]:
    """For every other exercise a wrong submission of its bank."""
    exercises = [e.id for e in subject.module.exercises]
    banks = {e: [s for s in bank(subject, e) if not s.right] for e in exercises[::2]}
    return {exercise: found[0] for exercise, found in banks.items() if found}


@pytest.fixture(scope="module")
def scores(
    subject: Subject, wrong: dict[str, BankAnswer]
) -> dict[str, dict[str, float]]:
    """Points in the gradebook by student and exercise, after the whole line."""
    config = subject.course.config()
    api = NbGraderAPI(CourseDirectory(config=config), config=config)
    ran(api.generate_assignment(NAME))
    hand_in(subject, "good", {})
    hand_in(subject, "half", {e: s.text for e, s in wrong.items()})
    for student in ("good", "half"):
        ran(api.autograde(NAME, student))
    ran(api.generate_feedback(NAME, "half"))
    with Gradebook(config.CourseDirectory.db_url) as gradebook:
        return {
            student: {
                g.name.removeprefix("test_"): g.score
                for notebook in gradebook.find_submission(NAME, student).notebooks
                for g in notebook.grades
            }
            for student in ("good", "half")
        }


def ran(step: dict[str, object]) -> None:
    """An nbgrader step that succeeded."""
    assert step["success"], step


def hand_in(subject: Subject, student: str, answers: dict[str, str]) -> None:
    """The release with these answers, and the solutions for the rest."""
    folder = subject.course.root / "grading" / "submitted" / student / NAME
    shutil.copytree(subject.course.release(NAME), folder)
    notebook = nbformat.read(folder / f"{NAME}.ipynb", as_version=4)
    for cell in filter(is_solution, notebook.cells):
        name = grader(cell)["grade_id"]
        cell.source = answers.get(name, subject.solutions[name].source)
    nbformat.write(notebook, folder / f"{NAME}.ipynb")


def test_good_submission_has_every_point(
    subject: Subject, scores: dict[str, dict[str, float]]
) -> None:
    assert scores["good"] == {e.id: e.points for e in subject.module.exercises}


def test_half_right_submission_loses_points_where_it_is_wrong(
    subject: Subject,
    wrong: dict[str, BankAnswer],
    scores: dict[str, dict[str, float]],
) -> None:
    full = scores["good"]
    assert wrong
    for exercise, score in scores["half"].items():
        if exercise in wrong:
            assert 0 <= score < full[exercise], exercise
        else:
            assert score == full[exercise], exercise
    partial = [e for e in wrong if scores["half"][e] > 0]
    assert partial, "some wrong submissions are partly right"


def test_feedback_of_the_half_right_one_has_its_reasons(
    subject: Subject,
    wrong: dict[str, BankAnswer],
    scores: dict[str, dict[str, float]],
) -> None:
    folder = subject.course.root / "grading" / "feedback" / "half" / NAME
    html = (folder / f"{NAME}.html").read_text(encoding="utf-8")
    shown = re.sub(r"\s+", " ", html)
    for submission in wrong.values():
        for criterion in submission.declared("fails"):
            lost = re.escape(render.inline(criterion))
            assert re.search(f">[✗~]</b>{lost}<", shown)
