"""The whole course as done so far, and one exercise put back as it came."""

import json
import shutil
from datetime import date, timedelta
from html.parser import HTMLParser
from pathlib import Path

import nbformat
import pytest

from coursekit.author.release import generate
from coursekit.cli import main
from coursekit.core import answers_file
from coursekit.core.course import Course
from coursekit.learn.overview import Overview
from tests.coursekit.sample_course import NAME, write_course

Out = pytest.CaptureFixture[str]
TODAY = date(2030, 5, 4)
PASSED = {"passed": 1, "of": 1, "all": True}


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A released module with its sources, as a self-paced learner has it."""
    made = Course(write_course(tmp_path_factory.mktemp("released")))
    generate(made, NAME, made.root / "course")
    return made.root


@pytest.fixture
def course(released: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Course:
    """A copy of it to work in."""
    made = Course(shutil.copytree(released, tmp_path, dirs_exist_ok=True))
    monkeypatch.chdir(made.root)
    monkeypatch.delenv("COURSEKIT_ROOT", raising=False)
    return made


def passed(course: Course, *names: str, days_ago: int = 0) -> None:
    on = (TODAY - timedelta(days_ago)).isoformat()
    for name in names:
        record = answers_file.at(course.release(NAME))
        record.put("progress", name, {**PASSED, "on": on})


def test_nothing_done_yet(course: Course, capsys: Out) -> None:
    assert main(["progress"]) == 0
    head, row, _, todo = capsys.readouterr().out.splitlines()
    assert head.split() == ["module", "exercises", "points", "quiz", "known", "guesses"]
    assert row.split() == f"{NAME} 0 of 3 0 of 6 0 of 2 right".split()
    assert todo == f"next: {NAME}, Twice a number (double)"


def test_points_are_of_what_passes_and_the_next_step_moves_on(course: Course) -> None:
    passed(course, "double")
    answers_file.at(course.release(NAME)).put("quiz", "q1", "B")
    answers_file.at(course.release(NAME)).put("quiz", "q2", "C")
    overview = Overview(course, TODAY)
    assert overview.rows[0].cells() == ("2 of 3", "4 of 6", "1 of 2 right", "", "")
    assert overview.next is not None
    assert overview.next[1].id == "halve"
    passed(course, "halve")
    assert "All done." in Overview(course, TODAY).summary()


def test_a_class_copy_does_not_know_what_is_right(course: Course) -> None:
    answers_file.at(course.release(NAME)).put("quiz", "q1", "B")
    shutil.rmtree(course.root / "solutions")
    assert Overview(course).rows[0].quiz == "1 of 2 answered"


@pytest.mark.parametrize(
    ("days", "streak"),
    [((), 0), ((0,), 1), ((1,), 1), ((2,), 0), ((0, 1), 2), ((1, 2), 2), ((0, 2), 1)],
)
def test_streak(course: Course, days: tuple[int, ...], streak: int) -> None:
    for name, ago in zip(("double", "halve"), days, strict=False):
        passed(course, name, days_ago=ago)
    assert Overview(course, TODAY).streak == streak


@pytest.mark.parametrize("entry", [None, 7, "x", {"on": 3}, {"on": "soon"}, []])
def test_a_record_that_says_nonsense_counts_nothing(
    course: Course, entry: object
) -> None:
    table = {"progress": {"double": entry}, "predictions": {"p": entry}}
    (course.release(NAME) / answers_file.FILE).write_text(json.dumps(table))
    overview = Overview(course, TODAY)
    assert (overview.rows[0].done, overview.streak) == (0, 0)
    assert overview.page(str)


def test_the_page_links_each_notebook_and_says_what_the_text_says(
    course: Course, tmp_path: Path, capsys: Out
) -> None:
    passed(course, "double")
    assert main(["progress", "--html", "page.html"]) == 0
    assert "written to page.html" in capsys.readouterr().out
    page = (tmp_path / "page.html").read_text()
    found: list[str] = []
    parser = HTMLParser()
    parser.handle_starttag = lambda tag, attrs: found.extend(  # type: ignore[method-assign]
        value or "" for name, value in attrs if name == "href"
    )
    parser.feed(page)
    target = (course.release(NAME) / f"{NAME}.ipynb").as_uri()
    assert found == [target, target], "the next step, then the module"
    assert "1 of 3" in page
    assert "Half a number (halve)" in page


def test_a_page_that_cannot_be_written(course: Course, capsys: Out) -> None:
    assert main(["progress", "--html", "no/such/page.html"]) == 2
    assert "Cannot write no/such/page.html" in capsys.readouterr().err


def answer(course: Course, name: str, text: str) -> None:
    """Write an answer into the learner's notebook, and run it."""
    path = course.release(NAME) / f"{NAME}.ipynb"
    notebook = nbformat.read(path, 4)
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade_id") == name:
            cell.source, cell.execution_count = text, 3
            cell.outputs = [nbformat.v4.new_output("stream", text="old\n")]
    nbformat.write(notebook, path)


def test_reset_puts_back_one_exercise_and_keeps_the_answer(
    course: Course, capsys: Out
) -> None:
    path = course.release(NAME) / f"{NAME}.ipynb"
    released = nbformat.read(path, 4)
    answer(course, "double", "def double(n):\n    return 7\n")
    answer(course, "halve", "def halve(n):\n    return n / 2\n")
    passed(course, "double", "halve")
    assert main(["reset", f"{NAME}.double"]) == 0
    assert "Reload Notebook from Disk" in capsys.readouterr().out
    after = {c.id: c for c in nbformat.read(path, 4).cells}
    before = {c.id: c for c in released.cells}
    assert after["double"] == before["double"]
    assert "n / 2" in after["halve"].source, "the others stay"
    (kept,) = (course.release(NAME) / "kept").iterdir()
    assert kept.read_text() == "def double(n):\n    return 7\n\n"
    progress = answers_file.at(course.release(NAME)).section("progress")
    assert progress.keys() == {"halve"}
    assert main(["reset", "sample.Double"]) == 0
    assert "as it came already" in capsys.readouterr().out


def test_reset_of_a_quiz_forgets_its_answers(course: Course) -> None:
    record = answers_file.at(course.release(NAME))
    record.put("quiz", "q1", "C")
    assert main(["reset", "01.quiz"]) == 0
    assert record.section("quiz") == {}
    (kept,) = (course.release(NAME) / "kept").iterdir()
    assert kept.read_text().startswith("# q1: C\n")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("double", "names no exercise"),
        (f"{NAME}.", "names no exercise"),
        ("05_none.double", "There is no module '05_none'"),
        (f"{NAME}.doubel", "did you mean 'double'?"),
    ],
)
def test_reset_says_what_it_cannot_find(
    course: Course, capsys: Out, given: str, said: str
) -> None:
    assert main(["reset", given]) == 2
    assert said in capsys.readouterr().err


def test_reset_that_cannot_write_leaves_everything(
    course: Course, capsys: Out, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer(course, "double", "def double(n):\n    return 7\n")
    path = course.release(NAME) / f"{NAME}.ipynb"
    before = path.read_bytes()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(answers_file, "write", full)
    assert main(["reset", f"{NAME}.double"]) == 2
    assert "No space left on device" in capsys.readouterr().err
    assert path.read_bytes() == before
