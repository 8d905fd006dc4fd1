"""Grading a graded class again: what was edited meanwhile, and what it would change."""

import json
import shutil
from pathlib import Path

import nbformat
import pytest

from coursekit.author.verify import bank
from coursekit.cli import main
from coursekit.core.course import Course
from coursekit.grading import audit
from tests.coursekit.sample_course import BANK, NAME, answered
from tests.grading.classroom import Out, graded, points, rows
from tests.grading.conftest import HandIn
from tests.grading.test_gradebook_says import api_of, book_of, by_hand, late_is_zero
from tests.grading.test_solutions_first import edit

pytestmark = pytest.mark.usefixtures("quick")
BOOK = f"{NAME}.ipynb"


def said(out: Out, *args: str, code: int = 0) -> list[str]:
    """The lines that `coursekit grade` prints."""
    assert main(["grade", *args]) == code
    return out.readouterr().out.splitlines()


def state(course: Course) -> dict[Path, int]:
    """When each file of the course was last changed."""
    return {p: p.lstat().st_mtime_ns for p in course.root.rglob("*")}


@pytest.mark.parametrize("again", [(), ("--regrade",)], ids=["grade", "regrade"])
def test_points_entered_where_grading_writes_are_told_of(
    course: Course, hand_in: HandIn, capsys: Out, again: tuple[str, ...]
) -> None:
    for student in ("ada", "bob"):
        hand_in(student, answered(halve=BANK["halve/wrong_floor.py"]))
    graded(capsys)
    before = rows(course)
    by_hand(course, "ada", "halve", auto_score=2.0)
    found = graded(capsys, *again)
    assert list(found["remarks"]) == [f"ada/{NAME}"]
    (line,) = found["remarks"][f"ada/{NAME}"]
    assert line.startswith("the gradebook had halve 2, which grading had not written")
    assert rows(course) == before
    assert graded(capsys)["remarks"] == {}


def test_what_was_taken_out_of_the_gradebook_is_graded_again(
    course: Course, hand_in: HandIn, capsys: Out
) -> None:
    for student in ("ada", "bob"):
        hand_in(student)
    graded(capsys)
    before = rows(course)
    with book_of(course) as book:
        book.remove_submission(NAME, "ada")
    found = graded(capsys)
    assert not found["by"]["ada"]["skipped"] and found["by"]["bob"]["skipped"]
    assert found["remarks"] == {}
    assert rows(course) == before


def test_changes_are_told_though_the_record_is_lost(
    course: Course, hand_in: HandIn, capsys: Out
) -> None:
    folder = hand_in("ada")
    graded(capsys)
    audit.path(course, "ada", NAME).unlink()
    nbformat.write(answered(double=BANK["double/wrong_sign.py"]), folder / BOOK)
    assert said(capsys)[0].endswith("changed: double 4 -> 3")


def test_the_whole_class_ends_as_the_gradebook_has_it(
    course: Course, hand_in: HandIn, capsys: Out
) -> None:
    folders = {s: hand_in(s) for s in ("ada", "bob", "cy", "dee")}
    stamp = folders["dee"] / "timestamp.txt"
    stamp.write_text("2025-06-01 10:00:00 UTC")
    late_is_zero(course)
    graded(capsys)
    by_hand(course, "bob", "double", manual_score=1.5, needs_manual_grade=False)
    worse = answered(double=BANK["double/wrong_sign.py"])
    for student in ("bob", "cy"):
        nbformat.write(worse, folders[student] / BOOK)
    before = state(course), rows(course)
    lines = [
        "ada      8 of 8  as before",
        "bob    5.5 of 8  partial: double; changed: double 4 -> 3; "
        "by hand: double 1.5; to look at again: double",
        "cy       7 of 8  partial: double; changed: double 4 -> 3",
        "dee      0 of 8  late: -8; as before",
        "2 graded, 2 as before",
    ]
    dry = said(capsys, "--dry-run")
    assert [x.removeprefix(f"{NAME}  ") for x in dry] == [
        *lines[:-1],
        f"{lines[-1]}; nothing was written",
    ]
    assert (state(course), rows(course)) == before
    assert [x.removeprefix(f"{NAME}  ") for x in said(capsys)] == lines
    by_hand(course, "bob", "double", needs_manual_grade=False)
    kept = said(capsys, "--regrade")
    assert kept[0] == f"{NAME}  ada      8 of 8"
    assert kept[1].endswith("by hand: double 1.5; to look at again: double")
    assert "late: -8" in kept[3] and not any("changed" in line for line in kept)


def test_a_dry_run_before_any_release_gives_what_grading_would(
    course: Course, hand_in: HandIn, capsys: Out
) -> None:
    hand_in("ada")
    (course.root / "grading" / "gradebook.db").unlink()
    assert said(capsys, "--dry-run")[0] == f"{NAME}  ada      8 of 8"
    api_of(course)
    assert graded(capsys, "--dry-run", "--regrade")["by"]["ada"]["changes"] == {}


def test_a_dry_run_where_the_points_have_changed(
    course: Course, hand_in: HandIn, capsys: Out
) -> None:
    hand_in("ada")
    graded(capsys)
    edit(course.source(NAME) / "module.toml", "points = 4", "points = 8")
    path = course.source(NAME) / "checks.py"
    for call in ("check.part(name, 1):", "check.equal(name, 1, f"):
        path.write_text(path.read_text().replace(call, call.replace("1", "2"), 1))
    assert "double 4 -> 8" in said(capsys, "--dry-run")[0]
    assert main(["grade"]) == 2
    assert "coursekit release" in capsys.readouterr().err


CHANGES = {
    "a right one loses": ('"even": 4', '"even": 2**1024', "right_times.py gets 1 of"),
    "a wrong one gains": ('"odd": 3', '"odd": 6', "wrong_floor.py gets full marks"),
}


@pytest.mark.parametrize(
    "name, dry", [*zip(CHANGES, [(), ("--dry-run",)], strict=True)]
)
def test_a_changed_check_has_the_bank_to_pass_first(
    course: Course, hand_in: HandIn, capsys: Out, name: str, dry: tuple[str, ...]
) -> None:
    hand_in("ada", answered(halve=BANK["halve/wrong_floor.py"]))
    graded(capsys)
    old, new, why = CHANGES[name]
    edit(course.source(NAME) / "checks.py", old, new)
    before = rows(course)
    assert main(["grade", *dry]) == 2
    error = capsys.readouterr().err
    assert "its bank says that they are wrong, so nothing is graded" in error
    assert f"halve/{why}" in error
    assert rows(course) == before
    edit(course.source(NAME) / "checks.py", new, '"odd": 5' if "odd" in old else old)
    found = graded(capsys, *dry, "--regrade")
    assert found["by"]["ada"]["changes"] == {}


def test_the_bank_is_asked_only_after_checks_that_graded_a_class_have_changed(
    course: Course, hand_in: HandIn, capsys: Out, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def misgraded(course: Course, module: str) -> list[str]:
        asked.append(module)
        return []

    monkeypatch.setattr(bank, "misgraded", misgraded)
    hand_in("ada")
    edit(course.source(NAME) / "checks.py", "both signs", "all signs")
    graded(capsys)
    graded(capsys, "--regrade")
    assert asked == []
    edit(course.source(NAME) / "checks.py", "all signs", "each sign")
    graded(capsys)
    graded(capsys, "--regrade")
    assert asked == [NAME]


def test_feedback_that_is_older_than_its_grade_is_named(
    course: Course, hand_in: HandIn, capsys: Out
) -> None:
    folder = hand_in("ada")
    hand_in("bob")
    graded(capsys)
    assert api_of(course).generate_feedback(NAME)["success"]
    assert graded(capsys)["old_feedback"] == {}
    nbformat.write(answered(double=BANK["double/wrong_sign.py"]), folder / BOOK)
    assert said(capsys)[-2] == (
        "Feedback is older than the grades of ada: "
        f"nbgrader generate_feedback {NAME} --force"
    )
    page = course.root / "grading" / "feedback" / "bob" / NAME
    page.chmod(0o755)
    shutil.rmtree(page)
    assert graded(capsys)["old_feedback"] == {NAME: ["ada"]}, "bob has none"
    assert api_of(course).generate_feedback(NAME, force=True)["success"]
    assert graded(capsys)["old_feedback"] == {}
    assert (page / f"{NAME}.html").is_file()


def test_a_solution_replaced_after_grading_shows_each_change_once(
    course: Course, hand_in: HandIn, capsys: Out
) -> None:
    folder = hand_in("ada", answered(halve="halve = None"))
    hand_in("bob")
    graded(capsys)
    nbformat.write(answered(), folder / BOOK)
    first = graded(capsys)
    assert first["by"]["ada"]["changes"] == {"halve": [0, 2]}
    assert first["by"]["bob"]["skipped"]
    again = json.dumps(graded(capsys, "--regrade")["by"]["ada"]["changes"])
    assert again == "{}" and points(first)["ada"]["halve"] == 2
