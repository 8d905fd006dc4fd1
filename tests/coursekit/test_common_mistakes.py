"""Who has solved an exercise reads what others get wrong; a class never does."""

import time
from pathlib import Path

import pytest

from coursekit import tests as trial
from coursekit.author.leaks import leaks
from coursekit.author.release import generate
from coursekit.core.course import Course
from coursekit.core.module import find
from coursekit.learn.hints import MOST, common_mistakes
from coursekit.learn.visible_tests import OTHERS
from tests.coursekit.sample_course import NAME, write_course

Out = pytest.CaptureFixture[str]
ADDS = "Doubling adds two. In fact: It adds the number itself."
SQUARES = "Doubling is squaring. In fact: Only 2 and 0 have the same double and square."


@pytest.fixture
def released(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Course:
    """The self-paced course; the current folder is where learners work."""
    course = Course(write_course(tmp_path / "self-paced"))
    monkeypatch.chdir(course.root)
    monkeypatch.delenv("COURSEKIT_ROOT", raising=False)
    generate(course, NAME)
    monkeypatch.chdir(course.release(NAME))
    return course


def said(passes: bool, out: Out) -> str:
    """What the tests of an exercise print."""
    with trial("double") as t:
        t.true(passes, "twice")
    assert OTHERS in t.html() or OTHERS not in t.text()
    return out.readouterr().out


def test_they_come_once_it_is_solved(released: Course, capsys: Out) -> None:
    assert OTHERS not in said(False, capsys)
    lines = said(True, capsys).splitlines()
    assert lines[-3:] == [OTHERS, f"    {ADDS}", f"    {SQUARES}"]
    with trial("quiz") as t:
        t.true(True, "answered")
    assert OTHERS not in capsys.readouterr().out


def test_a_class_has_none_of_it(
    released: Course, capsys: Out, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = tmp_path / "class" / NAME
    alone.parent.mkdir()
    released.release(NAME).rename(alone)
    monkeypatch.chdir(alone)
    assert not find().full
    assert OTHERS not in said(True, capsys)
    files = "".join(p.read_text() for p in alone.rglob("*") if p.is_file())
    assert "adds two" not in files and "squares" not in files
    assert not leaks(released, NAME, alone)


def test_the_source_keeps_its_outputs(
    released: Course, capsys: Out, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(released.source(NAME))
    assert OTHERS not in said(True, capsys)


def test_at_most_three_and_no_markup(
    released: Course, capsys: Out, monkeypatch: pytest.MonkeyPatch
) -> None:
    bank, names = released.source(NAME) / "bank" / "double", "abcde"
    path = released.root / "solutions" / "misconceptions.toml"
    with path.open("a") as file:
        for name in names:
            row = f'name = "*{name}* <b>`{name}`"\nrepair = "[x](y)."\n'
            file.write(f"\n[{name}]\n{row}")
    for old in bank.glob("wrong_*"):
        old.unlink()
    for name in [*names, "none"]:
        (bank / f"wrong_{name}.py").write_text(f'"""misconception: {name}\n"""')
    assert len(common_mistakes(find(), find().exercise("double"))) == MOST
    with trial("double") as t:
        t.true(True, "twice")
    assert "<li>*a* &lt;b&gt;<code>a</code>. In fact: [x](y).</li>" in t.html()


def test_they_cost_next_to_nothing(released: Course) -> None:
    module = find()
    exercise = module.exercise("double")
    common_mistakes(module, exercise)
    began = time.process_time()
    for _ in range(50):
        common_mistakes(module, exercise)
    assert (time.process_time() - began) / 50 < 0.01
