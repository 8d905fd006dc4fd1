"""What Canvas and Moodle import: read back by the rules of their own importers."""

import csv
from pathlib import Path

import pytest

from coursekit.cli import main
from coursekit.core.course import Course
from tests.coursekit.sample_course import NAME
from tests.grading.classroom import Out, graded
from tests.grading.test_gradebook_says import book_of, by_hand

pytestmark = pytest.mark.usefixtures("quick")


def canvas(path: Path) -> tuple[dict[str, float], dict[str, dict[str, str]]]:
    """Points possible by column, and each student's scores, by Canvas's rules."""
    head, possible, *rows = csv.reader(path.read_text().splitlines())
    assert head[:2] == ["Student", "ID"]
    assert head[2:4] == ["SIS User ID", "SIS Login ID"], "in this order, or not at all"
    start = head.index("Section") + 1  # the last of the student's columns
    assert "Points Possible" in possible[0]
    points = {name: float(possible[start:][i]) for i, name in enumerate(head[start:])}
    found = {}
    for row in rows:
        assert row[1] or row[2] or row[3], "one of them says who it is"
        found[row[3]] = dict(zip(head[start:], row[start:], strict=True))
    return points, found


@pytest.fixture
def course_graded(course: Course, three: None, capsys: Out) -> Course:
    """Three are graded, and one in the roster handed in nothing."""
    with book_of(course) as book:
        book.update_or_create_student(
            "ada", last_name="Lovelace", first_name="Ada, Countess", email="a@b.org"
        )
        book.update_or_create_student("zoë")
    graded(capsys)
    return course


def test_canvas_reads_points_and_students(course_graded: Course, capsys: Out) -> None:
    assert main(["export", "--canvas"]) == 0
    said = capsys.readouterr().out
    assert f"{NAME} of 4 students" in said
    assert "no score for zoë, who handed in nothing" in said
    points, found = canvas(course_graded.root / "grading" / "canvas.csv")
    assert points == {NAME: 8.0}
    assert found["ada"][NAME] == "8" and found["bob"][NAME] == "6"
    assert found["zoë"][NAME] == "", "no score is not 0 points"


def test_canvas_by_exercise_with_what_was_given_by_hand(
    course_graded: Course, tmp_path: Path
) -> None:
    by_hand(course_graded, "bob", "double", manual_score=1.5)
    target = tmp_path / "by exercise.csv"
    assert main(["export", NAME, "--canvas", "--exercises", "--to", str(target)]) == 0
    points, found = canvas(target)
    parts = {f"{NAME} double": 4.0, f"{NAME} halve": 2.0, f"{NAME} quiz": 2.0}
    assert points == {NAME: 8.0, **parts}
    assert found["bob"][f"{NAME} double"] == "1.5"
    assert sum(float(found["bob"][name]) for name in parts) == float(found["bob"][NAME])


def test_moodle_reads_percent_and_feedback(course_graded: Course, capsys: Out) -> None:
    by_hand(course_graded, "ada", "double", extra_credit=3.0)
    assert main(["export", "--moodle"]) == 0
    said = capsys.readouterr().out
    assert "ada cut to 100 %" in said
    assert "does not know" in said
    path = course_graded.root / "grading" / "moodle.csv"
    rows = {
        row["username"]: row for row in csv.DictReader(path.read_text().splitlines())
    }
    for row in rows.values():
        value = row[NAME]
        assert value in ("", "-") or 0 <= float(value) <= 100, "else Moodle takes none"
    assert (rows["ada"][NAME], rows["bob"][NAME]) == ("100", "75")
    assert rows["ada"]["email"] == "a@b.org"
    assert "double: 3 of 4" in rows["bob"][f"{NAME} feedback"]
    assert rows["zoë"][NAME] == rows["zoë"][f"{NAME} feedback"] == ""


def test_a_name_is_no_formula(course_graded: Course) -> None:
    with book_of(course_graded) as book:
        book.update_or_create_student("=cmd", last_name="@sum", first_name="")
    assert main(["export", "--canvas"]) == 0
    text = (course_graded.root / "grading" / "canvas.csv").read_text()
    assert "'@sum" in text and "'=cmd" in text


@pytest.mark.parametrize("args", [["--canvas"], [NAME, "--moodle"]])
def test_nobody_graded(course: Course, capsys: Out, args: list[str]) -> None:
    assert main(["export", *args]) == 2
    assert f"run `coursekit grade {NAME}` first" in capsys.readouterr().err


def test_a_file_that_cannot_be_written(course_graded: Course, capsys: Out) -> None:
    assert main(["export", "--canvas", "--to", "no/such/file.csv"]) == 2
    assert "choose another with --to" in capsys.readouterr().err
