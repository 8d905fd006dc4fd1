"""What is printed is what the gradebook says, of the whole class each time."""

import re
import shutil
import subprocess
import unicodedata
from pathlib import Path
from typing import Any

import pytest
from nbgrader.api import Gradebook
from nbgrader.apps import NbGraderAPI
from nbgrader.coursedir import CourseDirectory
from nbgrader.plugins import CsvExportPlugin

from coursekit.cli import main
from coursekit.commands import grade
from coursekit.core.course import Course
from coursekit.core.module import load
from coursekit.grading.atomic_files import only_grader
from coursekit.sandbox.box import Unavailable
from tests.coursekit.sample_course import NAME, REPO, answered
from tests.grading.classroom import Out, graded, rows
from tests.grading.conftest import HandIn

BOOK = f"{NAME}.ipynb"


def book_of(course: Course) -> Gradebook:
    """The gradebook, to be used with `with`."""
    return Gradebook(course.config().CourseDirectory.db_url)


def by_hand(course: Course, student: str, exercise: str, **values: float) -> None:
    """Change a grade as formgrader does."""
    with book_of(course) as book:
        found = book.find_grade(f"test_{exercise}", NAME, NAME, student)
        for name, value in values.items():
            setattr(found, name, value)
        book.db.commit()


def late_is_zero(course: Course) -> None:
    """A due date in the past, and no points behind it."""
    with (course.root / "nbgrader_config.py").open("a") as file:
        file.write('c.LateSubmissionPlugin.penalty_method = "zero"\n')
    with book_of(course) as book:
        book.update_or_create_assignment(NAME, duedate="2025-01-01 00:00:00 UTC")


def exported(course: Course) -> dict[str, float]:
    """Scores by student, as `nbgrader export` writes them."""
    path = course.root / "grades.csv"
    with book_of(course) as book:
        plugin = CsvExportPlugin()
        plugin.to = str(path)
        plugin.export(book)
    lines = [line.split(",") for line in path.read_text().splitlines()]
    student, score = lines[0].index("student_id"), lines[0].index("score")
    return {row[student]: float(row[score]) for row in lines[1:]}


@pytest.mark.deep
@pytest.mark.usefixtures("quick")
def test_scores_by_hand_extra_credit_and_penalties_are_in_what_is_printed(
    course: Course, hand_in: HandIn, capsys: Out
) -> None:
    for student in ("ada", "bob", "cy", "dee"):
        hand_in(student, answered(halve="halve = None"))
    (course.root / "grading" / "submitted" / "dee" / NAME / "timestamp.txt").write_text(
        "2025-06-01 10:00:00 +0200"
    )
    late_is_zero(course)
    graded(capsys)
    by_hand(course, "bob", "halve", manual_score=1.5)
    by_hand(course, "cy", "double", extra_credit=3.0)
    found = graded(capsys)["by"]
    scores = {s: row["score"] for s, row in found.items()}
    assert scores == {"ada": 6, "bob": 7.5, "cy": 9, "dee": 0} == exported(course)
    assert found["bob"]["by_hand"] == {"halve": 1.5}
    assert found["cy"]["exercises"]["double"][0] == 7
    assert found["dee"]["late_penalty"] == 6
    assert main(["grade"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.removeprefix(f"{NAME}  ") for line in lines] == [
        "ada      6 of 8  failed: halve; as before",
        "bob    7.5 of 8  failed: halve; by hand: halve 1.5; as before",
        "cy       9 of 8  failed: halve; by hand: double 7; as before",
        "dee      0 of 8  failed: halve; late: -6; as before",
        "0 graded, 4 as before",
    ]


@pytest.mark.usefixtures("quick")
def test_a_score_by_hand_outlives_another_grading(
    course: Course, hand_in: HandIn, capsys: Out
) -> None:
    hand_in("ada", answered(double="double = None"))
    graded(capsys)
    by_hand(course, "ada", "double", manual_score=3.0)
    row = graded(capsys, "--regrade")["by"]["ada"]
    assert row["score"] == 7 == exported(course)["ada"]
    assert row["changes"] == {}


@pytest.mark.usefixtures("quick")
def test_after_an_interruption_the_whole_class_is_printed(
    course: Course, hand_in: HandIn, capsys: Out, monkeypatch: pytest.MonkeyPatch
) -> None:
    hand_in("ada")
    graded(capsys)
    hand_in("bob")

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(grade, "_grade", interrupted)
        assert main(["grade"]) == 130
    capsys.readouterr()
    assert main(["grade"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        f"{NAME}  ada      8 of 8  as before",
        f"{NAME}  bob      8 of 8",
        "1 graded, 1 as before",
    ]


@pytest.mark.usefixtures("quick")
def test_who_is_in_the_roster_and_handed_in_nothing_is_named(
    course: Course, hand_in: HandIn, capsys: Out
) -> None:
    hand_in("ada")
    composed, apart = (unicodedata.normalize(f, "Renée") for f in ("NFC", "NFD"))
    hand_in(apart)
    (course.root / "grading" / "submitted" / "eli").mkdir()
    with book_of(course) as book:
        for student in ("ada", "eli", "zed", composed):
            book.add_student(student)
    assert graded(capsys)["missing"] == ["eli", "zed"]
    assert main(["grade"]) == 0
    assert "Nothing was handed in by eli, zed.\n" in capsys.readouterr().out
    assert graded(capsys, "--student", "ada")["missing"] == []


@pytest.mark.usefixtures("quick")
def test_no_student_is_shown_as_none(
    course: Course, hand_in: HandIn, capsys: Out
) -> None:
    for student in ("ada", "bob"):
        hand_in(student)
    with book_of(course) as book:
        book.add_student("zed")
        book.add_student("bob", first_name="Bob", last_name="Roe", email="b@roe")
    graded(capsys)
    with book_of(course) as book:
        shown = {
            s.id: f"{s.last_name}, {s.first_name} {s.email}" for s in book.students
        }
    assert shown == {"ada": "ada,  ", "bob": "Roe, Bob b@roe", "zed": "zed,  "}


def api_of(course: Course) -> NbGraderAPI:
    """nbgrader's own commands."""
    config = course.config()
    return NbGraderAPI(CourseDirectory(config=config), config=config)


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("why", ["lock", "sandbox", "points", "solution"])
def test_autograde_that_cannot_grade_takes_nothing_away(
    course: Course,
    hand_in: HandIn,
    capsys: Out,
    monkeypatch: pytest.MonkeyPatch,
    why: str,
) -> None:
    hand_in("ada")
    graded(capsys)
    before = rows(course)
    made = course.root / "grading" / "autograded" / "ada" / NAME / BOOK

    def no() -> None:
        raise Unavailable("no sandbox")

    source = course.source(NAME)
    if why == "points":
        path = source / "module.toml"
        path.write_text(path.read_text().replace("points = 4", "points = 5"))
    if why == "solution":
        path = source / "checks.py"
        path.write_text(path.read_text().replace("n * 2", "n * 3"))
    if why == "sandbox":
        monkeypatch.setattr("coursekit.grading.nbgrader_hooks.launcher", no)
    api = api_of(course)
    if why == "lock":
        with only_grader(course.root / "grading"):
            done = api.autograde(NAME, "ada", force=True)
    else:
        done = api.autograde(NAME, "ada", force=True)
    assert not done["success"]
    assert "Nothing was graded" in done["log"]
    assert made.is_file() and rows(course) == before
    assert api.generate_feedback(NAME, "ada", force=True)["success"]


@pytest.mark.usefixtures("quick")
def test_feedback_of_clicked_quizzes_comments_and_tables(
    course: Course, hand_in: HandIn, capsys: Out
) -> None:
    quiz = {q.id: q.answer for q in load(course.source(NAME)).quiz}
    for student in ("ada", "bob"):
        folder = hand_in(student)
        shutil.copy(course.release(NAME) / BOOK, folder)
        (folder / "answers.json").write_text(f'{{"quiz": {quiz}}}'.replace("'", '"'))
    graded(capsys, "--student", "ada")
    api = api_of(course)
    assert api.autograde(NAME, "bob")["success"]
    with book_of(course) as book:
        found = book.find_comment("halve", NAME, NAME, "ada")
        found.manual_comment = "Look again."
        book.db.commit()
    assert api.generate_feedback(NAME)["success"]
    ada, bob = (feedback(course, s) for s in ("ada", "bob"))
    names = ["double", "halve", "quiz"]
    assert re.findall(r'<a href="#(\w+)">', nav(ada)) == names
    assert nav(ada).count("comment") == 1 and ">Look again.<" in ada
    assert re.findall(r'<a href="#(\w+)">', nav(bob)) == names
    assert "comment" not in nav(bob), "nbgrader's own comments are not listed"
    assert "No response." not in ada + bob


def nav(page: str) -> str:
    """The contents of a page."""
    found = re.search("<nav>.*</nav>", page, re.DOTALL)
    assert found
    return found[0]


def feedback(course: Course, student: str) -> str:
    """The page that a student gets."""
    path = course.root / "grading" / "feedback" / student / NAME / f"{NAME}.html"
    return path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "name",
    [
        "downloaded/02_memory/archive/ada.ipynb",
        "downloaded/02_memory/extracted/a.zip",
        "exchange/course/inbound/a",
        "grading/gradebook.db",
        "gradebook.db",
        "submitted/ada/02_memory/02_memory.ipynb",
        ".nbgrader.log",
    ],
)
def test_what_learners_hand_in_is_never_committed(tmp_path: Path, name: str) -> None:
    def git(*args: str) -> Any:
        return subprocess.run(["git", *args], cwd=tmp_path, capture_output=True)

    git("init", "-q")
    shutil.copy(REPO / ".gitignore", tmp_path)
    assert git("check-ignore", "-q", name).returncode == 0
    assert git("check-ignore", "-q", "solutions/02_memory/checks.py").returncode == 1
