"""The course through nbgrader: release, validate, autograde, feedback, export."""

import csv
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from nbgrader.api import Gradebook
from nbgrader.apps import NbGraderAPI
from nbgrader.coursedir import CourseDirectory
from nbgrader.plugins import CsvExportPlugin
from nbgrader.validator import Validator
from traitlets.config import Config

from coursekit.author.verify.subject import files
from coursekit.core.course import Course
from tests.coursekit.sample_course import BANK, NAME, answered, write_course

pytestmark = pytest.mark.slow

SIGNED = BANK["double/wrong_sign.py"]
NOISY = "import sys\ndef double(n):\n    print('!', file=sys.stderr)\n    return 2 * n"
QUIZ = {"quiz": {"q1": "B", "q2": "B"}}


def hand_in(course: Course, student: str, notebook: nbformat.NotebookNode) -> Path:
    """Copy the released folder as this student's submission."""
    folder = course.root / "grading" / "submitted" / student / NAME
    shutil.copytree(course.release(NAME), folder)
    nbformat.write(notebook, folder / f"{NAME}.ipynb")
    return folder


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Config]:
    """A course whose two submissions have gone the whole way; its nbgrader config."""
    course = Course(write_course(tmp_path_factory.mktemp("course")))
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(course.root)
        patch.delenv("COURSEKIT_ROOT", raising=False)
        config = course.config()
        api = NbGraderAPI(CourseDirectory(config=config), config=config)
        for step in (
            lambda: api.generate_assignment(NAME),
            lambda: hand_in_all(course),
            lambda: api.autograde(NAME, "good"),
            lambda: api.autograde(NAME, "half"),
            lambda: api.autograde(NAME, "twice"),
            lambda: api.generate_feedback(NAME),
        ):
            done = step()
            assert done["success"], done
        yield config


def hand_in_all(course: Course) -> dict[str, bool]:
    """A good submission that warns, one half right, one with an answer cell twice."""
    hand_in(course, "good", answered(double=NOISY))
    notebook = answered(double=SIGNED, quiz="")
    (hand_in(course, "half", notebook) / "answers.json").write_text(json.dumps(QUIZ))
    twice = answered(double=SIGNED)
    cells = answered().cells
    (at,) = [i for i, c in enumerate(cells) if c.get("id") == "double"]
    twice.cells.insert(at + 1, cells[at])
    hand_in(course, "twice", twice)
    return {"success": True}


def root(config: Config) -> Path:
    """Where the course of this config is."""
    return Path(config.CourseDirectory.root)


def scores(config: Config, student: str) -> dict[str, float]:
    """What the gradebook says."""
    with Gradebook(config.CourseDirectory.db_url) as gradebook:
        found = gradebook.find_submission(NAME, student)
        (notebook,) = found.notebooks
        assert not any(g.needs_manual_grade for g in notebook.grades)
        return {g.name: g.score for g in notebook.grades}


@pytest.mark.deep
def test_release_holds_no_answers(config: Config) -> None:
    released = files(root(config) / "course" / NAME)
    assert sorted(released) == [f"{NAME}.ipynb", "helper.py", "module.toml"]
    assert b"public = true" in released["module.toml"]


def test_good_submission_has_full_marks_though_it_warns(config: Config) -> None:
    assert scores(config, "good") == {
        "test_double": 4,
        "test_halve": 2,
        "test_quiz": 2,
    }


def test_half_right_submission_has_partial_credit(config: Config) -> None:
    assert scores(config, "half") == {
        "test_double": 3,
        "test_halve": 2,
        "test_quiz": 1,
    }


def test_of_an_answer_given_twice_the_last_counts(config: Config) -> None:
    assert scores(config, "twice")["test_double"] == 4


def test_submission_keeps_its_answers_and_gets_no_checks(config: Config) -> None:
    folder = root(config) / "grading" / "autograded" / "half" / NAME
    assert sorted(p.name for p in folder.iterdir()) == [
        f"{NAME}.ipynb",
        "answers.json",
        "helper.py",
    ]


def test_feedback_shows_the_reasons(config: Config) -> None:
    folder = root(config) / "grading" / "feedback" / "half" / NAME
    html = (folder / f"{NAME}.html").read_text(encoding="utf-8")
    for words in (">✗</b>negative<", "both signs", ">3 of 4<", "adds two once"):
        assert words in html


def test_export_lists_all(config: Config) -> None:
    with Gradebook(config.CourseDirectory.db_url) as gradebook:
        CsvExportPlugin(config=config).export(gradebook)
    with (root(config) / "grading" / "grades.csv").open() as file:
        rows = {r["student_id"]: r for r in csv.DictReader(file)}
    scored = {s: float(r["score"]) for s, r in rows.items()}
    assert scored == {"good": 8, "half": 6, "twice": 8}
    assert float(rows["half"]["max_score"]) == 8


def test_validate_fails_as_shipped_and_passes_when_right(config: Config) -> None:
    path = root(config) / "course" / NAME / f"{NAME}.ipynb"
    shipped = Validator(config=config).validate(str(path))
    assert [f["source"][:20] for f in shipped["failed"]] == [
        'with tests("double")',
        'with tests("halve") ',
        'with tests("quiz") a',
    ]
    right = nbformat.read(path, as_version=4)
    for cell, mine in zip(right.cells, answered().cells, strict=True):
        if cell.metadata.get("nbgrader", {}).get("solution"):
            cell.source = mine.source
    folder = root(config) / "grading" / "mine" / NAME
    folder.mkdir(parents=True)
    nbformat.write(right, folder / path.name)
    shutil.copy(path.parent / "helper.py", folder)
    assert Validator(config=config).validate(str(folder / path.name)) == {}
