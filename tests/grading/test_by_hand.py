"""Exercises that a person grades: only blanks are decided, and points given stay."""

import json
import shutil
from pathlib import Path
from typing import Any

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbgrader.api import Gradebook
from nbgrader.apps import NbGraderAPI
from nbgrader.coursedir import CourseDirectory

from coursekit.analysis.class_results import read
from coursekit.cli import main
from coursekit.core.course import Course
from coursekit.core.module import load
from coursekit.grading.by_hand import JOINER, harmless
from tests.coursekit.sample_course import BANK, NAME
from tests.grading.classroom import Out, graded, outputs
from tests.grading.report_course import (
    PLACEHOLDER,
    SAMPLE,
    release_page,
    released_cell,
    with_page,
)

BOOK = f"{NAME}.ipynb"
WRITTEN = "A figure: 6.\n\nIt is twice 3."


@pytest.fixture
def paged(course: Course) -> Course:
    """The released course with an exercise that a person grades."""
    release_page(course)
    return course


def put(course: Course, student: str, notebook: Any) -> Path:
    """Hand in a notebook, in place of an earlier one."""
    folder = course.root / "grading" / "submitted" / student / NAME
    shutil.copytree(course.release(NAME), folder, dirs_exist_ok=True)
    nbformat.write(notebook, folder / BOOK)
    return folder


def grade_of(course: Course, student: str) -> tuple[float | None, float | None, bool]:
    """What the gradebook has of the page: by machine, by hand, whether to look."""
    with Gradebook(course.config().CourseDirectory.db_url) as book:
        found = book.find_grade("page", NAME, NAME, student)
        return found.auto_score, found.manual_score, found.needs_manual_grade


def give(course: Course, student: str, points: float) -> None:
    """Give points as formgrader does."""
    with Gradebook(course.config().CourseDirectory.db_url) as book:
        found = book.find_grade("page", NAME, NAME, student)
        found.manual_score, found.needs_manual_grade = points, False
        book.db.commit()


def comment_of(course: Course, student: str) -> str | None:
    """What grading says below the page."""
    with Gradebook(course.config().CourseDirectory.db_url) as book:
        return book.find_comment("page", NAME, NAME, student).auto_comment


def api_of(course: Course) -> NbGraderAPI:
    """nbgrader's own commands."""
    config = course.config()
    return NbGraderAPI(CourseDirectory(config=config), config=config)


def test_the_release_has_a_placeholder_and_the_rubric(paged: Course) -> None:
    folder = paged.release(NAME)
    cell = released_cell(folder, "page")
    assert cell.source == PLACEHOLDER and cell.cell_type == "markdown"
    marks = cell.metadata.nbgrader
    assert marks.grade and marks.solution and marks.points == 10 and not marks.locked
    assert SAMPLE not in (folder / BOOK).read_text()
    exercise = load(folder).exercise("page")
    assert exercise.rubric_points() == [4, 6] and exercise.stub == PLACEHOLDER
    assert not exercise.explanation


TWICE = "2 cells with different texts carry the id page"
CASES: dict[str, tuple[Any, str, str]] = {
    "as it came": (with_page(PLACEHOLDER), "not attempted", "Nothing was written"),
    "empty": (with_page(" \n\n"), "not attempted", "Nothing was written"),
    "spaces": (with_page(f"\n  {PLACEHOLDER}\t\n"), "not attempted", "Nothing was"),
    "deleted": (with_page(None), "not attempted", "answer cell page is missing"),
    "code": (with_page("x = 1", "code"), "tampered", "is a code cell now"),
    "raw": (with_page(WRITTEN, "raw"), "tampered", "is a raw cell now"),
    "written": (with_page(WRITTEN), "graded by hand", ""),
}


@pytest.mark.usefixtures("quick")
def test_only_what_was_written_waits_for_a_person(paged: Course, capsys: Out) -> None:
    doubled = with_page(WRITTEN)
    copy = nbformat.from_dict(doubled.cells[-3])
    copy.source, copy.id = "Another text.", "page2"
    doubled.cells.append(copy)
    same = with_page(WRITTEN)
    same.cells.append(nbformat.from_dict({**same.cells[-3], "id": "page3"}))
    cases = {
        **CASES,
        "two": (doubled, "tampered", TWICE),
        "same": (same, "graded by hand", ""),
    }
    for name, (notebook, *_) in cases.items():
        put(paged, name, notebook)
    found = graded(capsys)["by"]
    for name, (_, status, why) in cases.items():
        row = found[name]
        assert row["exercises"]["page"] == [0, status], name
        assert row["score"] == 8 and row["max"] == 18, name
        waits = status == "graded by hand"
        assert grade_of(paged, name) == (None if waits else 0, None, waits), name
        assert row["to_grade_by_hand"] == (["page"] if waits else []), name
        assert why in (comment_of(paged, name) or ""), name
        shown = outputs(paged, name)["cells"]
        assert SAMPLE not in str(shown), name
    assert main(["grade"]) == 0
    said = capsys.readouterr().out
    (line,) = (x for x in said.splitlines() if x.startswith(f"{NAME}  written "))
    assert line.endswith("    8 of 18  to grade by hand: page; as before")
    assert "9 as before" in said  # a page that waits is not graded at every run


@pytest.mark.usefixtures("quick")
def test_points_by_hand_outlive_what_comes_after(paged: Course, capsys: Out) -> None:
    for student in ("ada", "bob"):
        put(paged, student, with_page(WRITTEN, quiz=""))
    graded(capsys)
    give(paged, "ada", 7)
    row = graded(capsys, "--regrade")["by"]["ada"]
    assert row["score"] == 13 and row["by_hand"] == {"page": 7}
    assert grade_of(paged, "ada") == (None, 7, False)
    # a resubmission that changes another answer only
    put(paged, "ada", with_page(WRITTEN))
    assert graded(capsys)["by"]["ada"]["score"] == 15
    assert grade_of(paged, "ada") == (None, 7, False)
    api = api_of(paged)
    for _ in range(2):  # nbgrader's own grading says the same
        assert api.autograde(NAME, "ada", force=True)["success"]
        assert grade_of(paged, "ada") == (None, 7, False)
        assert api.autograde(NAME, "bob", force=True)["success"]
        assert grade_of(paged, "bob") == (None, None, True)
    assert graded(capsys)["by"]["ada"]["score"] == 15
    # another text asks for another look, until there was one
    put(paged, "ada", with_page(f"{WRITTEN} And more."))
    for again in ([], ["--regrade"]):
        assert graded(capsys, *again)["by"]["ada"]["score"] == 15
        assert grade_of(paged, "ada") == (None, 7, True)
    assert api.autograde(NAME, "ada", force=True)["success"]
    assert grade_of(paged, "ada") == (None, 7, True)
    give(paged, "ada", 9)
    assert graded(capsys, "--regrade")["by"]["ada"]["score"] == 17
    put(paged, "ada", with_page("Taken back for a new one."))
    assert api.autograde(NAME, "ada", force=True)["success"]
    assert grade_of(paged, "ada") == (None, 9, True)


@pytest.mark.usefixtures("quick")
def test_points_by_hand_are_in_export_report_and_feedback(
    paged: Course, capsys: Out
) -> None:
    page = f"{WRITTEN}\n\n<script>alert(1)</script>"
    for student in ("ada", "bob"):
        put(paged, student, with_page(page))
    put(paged, "cy", with_page(PLACEHOLDER))
    graded(capsys)
    give(paged, "ada", 7)
    assert read(paged, NAME).waiting == {"page": 1}
    assert "page" not in [e.id for e, _ in read(paged, NAME).exercises()]
    assert main(["export", NAME, "--moodle"]) == 0
    assert "still to be graded by hand: bob" in capsys.readouterr().out
    rows = (paged.root / "grading" / "moodle.csv").read_text().splitlines()
    said = {row.split(",")[0]: row for row in rows}
    assert "page: 7 of 10" in said["ada"] and "page: not graded yet" in said["bob"]
    assert "page: 0 of 10" in said["cy"]
    give(paged, "bob", 10)
    results = read(paged, NAME)
    column = [e.id for e, _ in results.exercises()].index("page")
    assert not results.waiting and results.points[:, column].tolist() == [7, 10, 0]
    exercise = results.module.exercise("page")
    assert [x.status(exercise) for x in results.learners] == [
        *("partial", "passed", "not attempted")
    ]
    assert main(["report", NAME]) == 0
    assert main(["export", NAME, "--canvas", "--exercises"]) == 0
    rows = (paged.root / "grading" / "canvas.csv").read_text().splitlines()
    assert rows[0].endswith(f"{NAME} page,{NAME} quiz")
    assert [row.split(",")[-2] for row in rows[2:]] == ["7", "10", "0"]
    assert api_of(paged).generate_feedback(NAME)["success"]
    html = paged.root / "grading" / "feedback" / "ada" / NAME / f"{NAME}.html"
    text = html.read_text()
    assert "says what it means: 6 points" in text and ">7 of 10<" in text
    assert "<script>alert" not in text and f"&lt;{JOINER}script&gt;alert(1)" in text
    silent = html.parents[2] / "cy" / NAME / f"{NAME}.html"
    assert "Nothing was written." in silent.read_text()


@pytest.mark.usefixtures("quick")
def test_a_pasted_picture_stays_and_nothing_else_of_a_cell(
    paged: Course, capsys: Out
) -> None:
    notebook = with_page("See ![plot](attachment:plot.png) http://a.b: x.")
    cell = notebook.cells[-3]
    cell.attachments = {
        "plot.png": {"image/png": "iVBORw0KGgo=", "image/svg+xml": "PHN2Zy8+"},
        'x"><b>.png': {"image/png": "iVBORw0KGgo="},
        "odd.png": {"image/png": '" onerror="x'},
    }
    cell.metadata["evil"] = "<b>"
    put(paged, "ada", notebook)
    graded(capsys)
    path = paged.root / "grading" / "autograded" / "ada" / NAME
    made = released_cell(path, "page")
    assert made.attachments == {"plot.png": {"image/png": "iVBORw0KGgo="}}
    assert "](attachment:plot.png) http://a.b" in made.source
    assert "evil" not in made.metadata


def test_own_check_counts_it_neither_way(paged: Course, capsys: Out) -> None:
    notebook = paged.release(NAME) / BOOK
    nbformat.write(with_page(WRITTEN), notebook)
    assert main(["check", NAME, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["score"], found["max"], found["by_hand"]) == (8, 8, 10)
    wrong = with_page(PLACEHOLDER, halve=BANK["halve/wrong_floor.py"])
    nbformat.write(wrong, notebook)
    assert main(["check", NAME]) == 1
    said = capsys.readouterr().out
    assert said.startswith("Doubling: 7 of 8 points; 10 points more, graded by hand\n")
    assert "· page: A page on doubling (10 points, graded by hand)" in said
    assert "Nothing was written." in said


def test_progress_sees_what_was_saved(
    paged: Course, capsys: Out, monkeypatch: pytest.MonkeyPatch
) -> None:
    from coursekit.learn.progress import progress

    folder = paged.release(NAME)
    monkeypatch.chdir(folder)
    assert "· A page on doubling  10 points  not written yet" in repr(progress())
    nbformat.write(with_page(WRITTEN), folder / BOOK)
    assert "✓ A page on doubling  10 points  written, graded" in repr(progress())
    monkeypatch.chdir(paged.root)
    assert main(["progress"]) == 0
    assert "0 of 6" in capsys.readouterr().out  # its points are not known here
    assert main(["reset", f"{NAME}.page"]) == 0
    assert released_cell(folder, "page").source == PLACEHOLDER
    (kept,) = (folder / "kept").glob("page_*.md")
    assert kept.read_text() == f"{WRITTEN}\n"


SHOWN = st.text(alphabet=st.sampled_from("<>&;:#\\/ ajt\n\t()[]!\"'"), max_size=30)


@given(SHOWN)
def test_no_markdown_becomes_active(text: str) -> None:
    from nbconvert.filters import markdown2html

    payloads = (
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "[x](java&#115;cript:alert(1))",
        "[x](javascript&colon;alert(1))",
        "[x](<javascript:alert(1)>)",
        "[x](javascript\\:alert(1))",
        "[x]: javascript:alert(1)\n\n[x]",
        "<javascript:alert(1)>",
        "![x](data:text/html,x)",
    )
    for payload in payloads:
        safe = harmless(f"{text}{payload}")
        assert safe.replace(JOINER, "") == f"{text}{payload}"
        made = markdown2html(safe).lower()
        assert "<img src=x" not in made
        assert 'href="javascript:' not in made and 'src="data:' not in made


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("module.toml", "figure: 4 points", "figure: 3 points", "has 9 points"),
        ("module.toml", "figure: 4 points", "figure: four", "no points in the row"),
        ("module.toml", '"names a', '"has a', "learners do not see"),
        ("module.toml", PLACEHOLDER, "", "no stub"),
        ("module.toml", 'kind = "fix"', 'kind = "fix"\nrubric = ["a"]', "by its check"),
    ],
)
def test_a_rubric_that_does_not_fit_is_named(
    paged: Course, file: str, old: str, new: str, said: str
) -> None:
    from coursekit.author.verify.structure import rubrics_say_what_earns_the_points
    from coursekit.author.verify.subject import Subject

    assert not list(rubrics_say_what_earns_the_points(Subject(paged, NAME)))
    path = paged.source(NAME) / file
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    found = list(rubrics_say_what_earns_the_points(Subject(paged, NAME)))
    assert said in " ".join(f.what for f in found)


def test_a_code_cell_is_refused_at_the_release(paged: Course, capsys: Out) -> None:
    path = paged.source(NAME) / BOOK
    nbformat.write(with_page("x = 1", "code"), path)
    assert main(["release", NAME]) == 2
    assert "page is answered in a code cell" in capsys.readouterr().err
