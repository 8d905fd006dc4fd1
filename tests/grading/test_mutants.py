"""Mutants of solutions: what is changed, what is left out, what survives."""

import ast
import json
import os
from pathlib import Path

import pytest

from coursekit.author.mutation import mutants, operators, sample
from coursekit.author.mutation_report import (
    AnswerBatch,
    AnswerOutcome,
    Scored,
    Tally,
    in_process,
    survey,
)
from coursekit.author.verify.subject import Subject
from coursekit.cli import main
from coursekit.commands.mutants import as_text
from coursekit.core.course import Course
from coursekit.core.toml_schema import ModuleError
from tests.coursekit.sample_course import NAME, write_course

pytestmark = pytest.mark.deep

CELL = '''
def biggest(items: list[int], most: int = 3) -> int:
    """The biggest; 1 + 1 is 2."""
    best = sorted(items, key=abs, reverse=True)
    return best[0] if len(best) < most else None
'''
CATCH = "try:\n    f()\nexcept {}:\n    g()"


def diffs(text: str) -> list[str]:
    return [mutant.diff for mutant in mutants(text)]


def test_each_changes_what_the_cell_does():
    found = mutants(CELL)
    trees = [ast.dump(ast.parse(m.text)) for m in found]
    assert len(set(trees)) == len(trees) > 15
    assert all('"""The biggest; 1 + 1 is 2."""' in m.text for m in found)
    assert all("-> int:" in m.text and "list[int]" in m.text for m in found)


def test_order_is_that_of_the_lines():
    lines = [int(diff.split(":")[0].removeprefix("line ")) for diff in diffs(CELL)]
    assert lines == sorted(lines)
    assert mutants(CELL) == mutants(CELL)


@pytest.mark.parametrize(
    "cell, changed",
    [
        ("x = sorted(a, reverse=True)", "x = sorted(a)"),
        ("x.popitem(last=False)", "x.popitem()"),
        ("f(a=1, b=2)", "f( b=2)"),
        ('order = "AB"', "order = 'BA'"),
        ("x = await f()", "x = f()"),
        ("if a:\n    b = 1", "if a:\n    pass"),
        (
            "try:\n    f()\nexcept a.B:\n    g()",
            "try:\n    f()\nexcept ZeroDivisionError:\n    g()",
        ),
        ("%matplotlib inline\nx = a < b", "%matplotlib inline\nx = a <= b"),
    ],
)
def test_what_learners_forget(cell, changed):
    assert changed in [mutant.text for mutant in mutants(cell)]


def test_texts_of_words_stay():
    assert diffs('f("hello")') == ['line 1: f("hello")  →  pass']


def test_operators_show_what_they_do():
    for name, operator in operators().items():
        for example in operator.examples():
            if name.endswith("Remover") or name == "LetterReplacer":
                made = [m.text for m in mutants(example.pre_mutation_code)]
                assert example.post_mutation_code in made


def test_sample_is_the_same_each_time():
    found = mutants(CELL)
    few = sample(found, 5, "a")
    assert few == sample(found, 5, "a") != sample(found, 5, "b")
    assert [m for m in found if m in few] == few
    assert sample(found, 1000, "a") == found


def by_text(course: Course, batch: AnswerBatch) -> Scored:
    """Full marks for what multiplies, time out for what divides."""
    points = {"double": 4.0, "halve": 2.0}[batch.exercise]
    made = [
        AnswerOutcome(0.0, "timed out")
        if "//" in text
        else AnswerOutcome(points * ("n ** two" in text), "")
        for text in batch.texts
    ]
    return Scored(tuple(made), 0.5)


def test_survivors_are_told_from_the_rest(tmp_path):
    course, ticks = Course(write_course(tmp_path)), []
    double, halve = survey(
        course,
        [NAME],
        jobs=1,
        engine=by_text,
        tick=lambda *counts: ticks.append(counts),
    )
    assert [m.operator for m in double.survivors] == ["ReplaceBinaryOperator_Mul_Pow"]
    assert double.timed_out == halve.timed_out == 1
    assert double.run == double.made == double.killed + 2
    assert double.seconds == 0.5
    whole = double.made + halve.made
    assert ticks[0] == (0, whole) and ticks[-1] == (whole, whole)


def explain(root: Path, text: str) -> None:
    path = root / "solutions" / NAME / "bank" / "survivors.toml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")


def doubled(root: Path, **more) -> Tally:
    """The tally of the exercise whose mutant with `**` survives."""
    (found,) = survey(
        Course(root), [NAME], exercise="double", jobs=1, engine=by_text, **more
    )
    return found


def test_a_survivor_is_explained_by_its_change(tmp_path):
    root = write_course(tmp_path)
    (survivor,) = doubled(root).unexplained
    what = survivor.diff.partition(": ")[2]
    explain(root, f"[double]\n'{what}' = 'as right'\n")
    tally = doubled(root)
    assert tally.survivors == [survivor] and not tally.unexplained + tally.stale
    assert f"{1 / tally.run:.1%}), 1 of them explained." in as_text([tally])


def test_a_reason_without_its_survivor_is_stale(tmp_path):
    root = write_course(tmp_path)
    solution = Subject(Course(root), NAME).solutions["double"].source
    made = [m.diff for m in mutants(solution) if "**" not in m.text]
    what = made[0].partition(": ")[2]
    explain(root, f"[double]\n'{what}' = 'noticed'\n'a  →  b' = 'not made'\n")
    assert doubled(root).stale == [what, "a  →  b"]
    assert "2 to take out" in as_text([doubled(root)])


@pytest.mark.parametrize(
    "text, why",
    [
        ("[nothing]\n'a  →  b' = 'x'\n", "nothing"),
        ("[double]\n'a  →  b' = ' '\n", "give a reason for 'a  →  b'"),
        ("double = 'x'\n", "below an exercise"),
        ("[double\n", "survivors.toml"),
    ],
)
def test_reasons_that_cannot_be_read(tmp_path, text, why):
    root = write_course(tmp_path)
    explain(root, text)
    with pytest.raises(ModuleError, match=why):
        doubled(root)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs os.fork")
def test_graded_by_the_check(tmp_path):
    course = Course(write_course(tmp_path))
    texts = (
        "def halve(n):\n    return n / 2",
        "def halve(n):\n    return n // 2",
        "def halve(n):\n    while True:\n        n += 1",
        "import os\nos._exit(3)",
    )
    done = in_process(course, AnswerBatch(NAME, "halve", texts, 1.0))
    scores = [(o.score, o.status) for o in done.outcomes]
    assert scores == [(2, "passed"), (1, "partial"), (0, "timed out"), (0, "crashed")]
    assert not list((tmp_path / "solutions").rglob("answers.json"))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs os.fork")
def test_command(tmp_path: Path, monkeypatch, capsys):
    write_course(tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("COURSEKIT_ROOT", raising=False)
    line = ["mutants", NAME, "--exercise", "halve", "--sample", "4", "--jobs", "1"]
    assert main([*line, "--json"]) == 0
    (row,) = json.loads(capsys.readouterr().out)
    assert row["exercise"] == f"{NAME}.halve"
    assert row["killed"] + row["timed_out"] + len(row["survivors"]) == 4 < row["made"]
    assert main(["mutants", "--exercise", "nothing"]) == 2
    assert "No exercise 'nothing'" in capsys.readouterr().err
