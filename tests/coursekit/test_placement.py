"""A placement: what it asks, what it says may be skipped, and where that shows."""

import io
import shutil
from pathlib import Path

import pytest

from coursekit.author.release import generate
from coursekit.cli import main
from coursekit.core import answers_file
from coursekit.core.course import Course, find_course
from coursekit.core.module import find, load
from coursekit.learn import placement
from coursekit.learn.overview import Overview
from coursekit.learn.placement_widget import Placement
from coursekit.learn.progress import progress
from tests.coursekit.sample_course import NAME, write_course

Out = pytest.CaptureFixture[str]
ROOT = Path(__file__).parents[2]
RIGHT = {"q1": "B", "q2": "A"}


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A released module with its sources, one section of it on the ★ path."""
    made = Course(write_course(tmp_path_factory.mktemp("released")))
    path = made.source(NAME) / f"{NAME}.ipynb"
    path.write_text(path.read_text("utf-8").replace("## Twice", "## ★ Twice"))
    generate(made, NAME, made.root / "course")
    return made.root


@pytest.fixture
def course(released: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Course:
    """A copy of it; the current folder is where its learner works."""
    made = Course(shutil.copytree(released, tmp_path, dirs_exist_ok=True))
    monkeypatch.chdir(made.release(NAME))
    monkeypatch.delenv("COURSEKIT_ROOT", raising=False)
    return made


def typed(monkeypatch: pytest.MonkeyPatch, *lines: str) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{x}\n" for x in lines)))


def put(answers: dict[str, str]) -> None:
    for name, letter in answers.items():
        answers_file.here().put(placement.SECTION, name, letter)


def test_right_answers_say_what_to_skip(
    course: Course, capsys: Out, monkeypatch: pytest.MonkeyPatch
) -> None:
    typed(monkeypatch, "b", "x", " a ")
    assert main(["placement", "01"]) == 0
    out = capsys.readouterr().out
    assert "1 of 2  What is twice three?" in out
    assert "One of A, B, C or ?, please." in out
    assert out.endswith(
        "You know the ★ path: go on with Deeper, or with the next module.\n"
        "✓ Twice: you know this, skip it\n"
        "What you skip stays open: do its exercises for points.\n"
    )
    record = answers_file.here()
    assert record.section("placement") == RIGHT
    assert record.section("quiz") == {}, "the graded quiz is another matter"
    assert main(["placement", "01"]) == 0
    assert "skip it" in capsys.readouterr().out, "said again, without asking again"


@pytest.mark.parametrize("second", ["?", "C"])
def test_one_that_is_not_right_is_a_section_to_read(
    course: Course, capsys: Out, monkeypatch: pytest.MonkeyPatch, second: str
) -> None:
    typed(monkeypatch, "B", second)
    assert main(["placement", NAME]) == 0
    said = capsys.readouterr().out
    assert "You know 0 of 1 sections. Begin with “Twice”.\n· Twice: read it\n" in said
    assert "stays open" not in said
    assert placement.skipped(find(), answers_file.here()) == frozenset()
    typed(monkeypatch, "B", "A")
    assert main(["placement", NAME, "--again"]) == 0
    assert "skip it" in capsys.readouterr().out


def test_one_that_is_broken_off_goes_on_from_there(
    course: Course, capsys: Out, monkeypatch: pytest.MonkeyPatch
) -> None:
    typed(monkeypatch, "B")
    assert main(["placement", "01"]) == 1
    assert "Stopped: run it again" in capsys.readouterr().out
    assert not placement.placed(find(), answers_file.here())
    typed(monkeypatch, "A")
    assert main(["placement", "01"]) == 0
    assert "2 of 2  What is twice minus one?" in capsys.readouterr().out


def test_progress_shows_what_to_skip_and_what_comes_next(course: Course) -> None:
    overview = Overview(course)
    assert overview.rows[0].cells()[3] == ""
    put(RIGHT)
    overview = Overview(course)
    assert overview.rows[0].cells() == (
        "0 of 3",
        "0 of 6",
        "0 of 2 right",
        "2 of 2 ★",
        "",
    )
    assert overview.next is not None, "what is skipped still has its points"
    assert "2 of 2 ★" in overview.page(str)
    said = progress().summary()
    assert said.count("you know this: skip it, or do it for its points") == 2
    passed = {"passed": 1, "of": 1, "all": True}
    answers_file.here().put("progress", "double", passed)
    assert "1 of 1 pass" in progress().summary(), "what is done says so"


def test_what_is_known_is_not_the_next_step(course: Course) -> None:
    put(RIGHT)
    (row,) = Overview(course).rows
    assert row.next(core=True) is None
    found = row.next(core=False)
    assert found is not None and found.id == "double"


@pytest.mark.parametrize("odd", [None, 7, ["B"], "Z", "", {"B": 1}])
def test_answers_that_cannot_be_place_nobody(course: Course, odd: object) -> None:
    put(RIGHT)
    answers_file.here().put(placement.SECTION, "q2", odd)
    assert not placement.placed(find(), answers_file.here())
    assert placement.skipped(find(), answers_file.here()) == frozenset()


def test_the_widget_asks_when_it_is_asked_and_gives_no_answer_away(
    course: Course,
) -> None:
    made = Placement(find())
    assert made.rows == []
    assert "Answer 2 questions" in repr(made)
    made.button.click()
    assert [r.question.id for r in made.rows] == ["q1", "q2"]
    made.rows[0].choice.index = 1
    assert made.rows[0].verdict.value == ""
    assert made.rows[1].choice.options[-1] == "I am not sure"
    again = Placement(find())
    again.button.click()
    assert again.rows[0].letter == "B", "kept when the notebook is opened again"
    again.rows[1].choice.index = 3
    assert "Begin with “Twice”" in again.summary()
    assert answers_file.here().section("placement") == {"q1": "B", "q2": "?"}
    again.button.click()
    assert [r.letter for r in again.rows] == [None, None]
    for row, index in zip(again.rows, (1, 0), strict=True):
        row.choice.index = index
    assert again._repr_mimebundle_()["text/plain"] == again.summary()
    assert "You know the ★ path" in again.summary()


def test_a_class_copy_has_no_key_to_place_with(course: Course, capsys: Out) -> None:
    from coursekit import placement as called

    put(RIGHT)
    shutil.rmtree(course.root / "solutions")
    assert called() is None
    assert "This copy of the course has no answers" in capsys.readouterr().out
    assert main(["placement", "01"]) == 2
    assert "has no answers" in capsys.readouterr().err
    assert Overview(course).rows[0].cells()[3] == ""


@pytest.mark.parametrize("name", find_course(ROOT).modules)
def test_a_placement_decides_on_each_exercise_of_the_star_path(name: str) -> None:
    module = load(ROOT / "solutions" / name)
    questions = placement.asked(module)
    assert 3 <= len(questions) <= 8
    record = answers_file.Record(None)
    assert not placement.placed(module, record)
    for question in questions:
        record.put(placement.SECTION, question.id, question.answer)
    core = {e.id for e in module.exercises if e.core and e.kind != "quiz"}
    assert placement.skipped(module, record) == core
    for question in questions:
        decided = [s for s in placement.steps(module) if question in s.questions]
        assert decided, f"{question.id} decides on nothing"
