"""`coursekit check` and its exit codes on good, poor and unusable notebooks."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from coursekit.author.release import generate
from coursekit.cli import main
from coursekit.core.course import Course
from tests.coursekit.sample_course import BANK, NAME, answered, write_course

pytestmark = pytest.mark.slow

Out = pytest.CaptureFixture[str]


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Course:
    monkeypatch.setenv("COURSEKIT_ROOT", str(tmp_path / "course root"))
    return Course(write_course(tmp_path / "course root"))


def checked(out: Out, *args: str) -> dict[str, dict]:
    """What `check --json` prints, exercises by their short id."""
    code = main(["check", NAME, "--json", *args])
    found = json.loads(out.readouterr().out)
    assert code == (0 if found["score"] == found["max"] else 1)
    assert found["module"] == NAME
    assert found["max"] == 8
    assert found["score"] == sum(e["score"] for e in found["exercises"])
    return {e["id"].removeprefix(f"{NAME}."): e for e in found["exercises"]}


def test_solution_gets_full_marks(course: Course, capsys: Out) -> None:
    path = course.source(NAME) / f"{NAME}.ipynb"
    before = sorted(course.root.rglob("*"))
    found = checked(capsys, "--notebook", str(path))
    assert [e["status"] for e in found.values()] == ["passed"] * 3
    assert not any(e["reasons"] for e in found.values())
    left = set(course.root.rglob("*")) - set(before) - {course.root / "grading"}
    assert not left, "checking leaves no file behind"


def test_release_gets_nothing_with_reasons(course: Course, capsys: Out) -> None:
    generate(course, NAME, course.root / "course")
    assert main(["check", "01"]) == 1
    text = capsys.readouterr().out
    assert "0 of 8 points" in text
    assert text.count("\n    not attempted: ") == text.count("attempted") == 3
    assert text.count("    next: ") == 3
    assert 'hint("halve")' in text


def test_each_broken_answer_costs_itself(course: Course, capsys: Out) -> None:
    notebook = answered(
        double="import os; os._exit(1)", halve=BANK["halve/wrong_floor.py"]
    )
    notebook.cells = [c for c in notebook.cells if c.id != "quiz"]
    path = course.root / "handed in.ipynb"
    nbformat.write(notebook, path)
    record = {"quiz": {"q1": "B", "q2": "B"}}
    (course.root / "answers.json").write_text(json.dumps(record))
    found = checked(capsys, "--notebook", str(path))
    assert found["double"]["status"] == "crashed"
    assert "os._exit" in found["double"]["reasons"][0]
    assert (found["halve"]["status"], found["halve"]["score"]) == ("partial", 1)
    assert "odd" in found["halve"]["reasons"][0]
    assert found["quiz"]["status"] == "not attempted"


def test_the_error_of_an_answers_own_cell_is_named(course: Course, capsys: Out) -> None:
    path = course.root / "handed in.ipynb"
    broken = "def double(n):\n    if n\n        return 2"
    late = "def halve(n):\n    return n / two\n\nhalve(____ + 1)"
    nbformat.write(answered(double=broken, halve=late, quiz="1 / 0"), path)
    found = checked(capsys, "--notebook", str(path))
    assert found["double"]["status"] == "failed"
    assert found["double"]["reasons"] == [
        "Your cell ended in SyntaxError: expected ':', at your line 2: if n"
    ]
    assert found["halve"]["status"] == "passed"
    assert "ZeroDivisionError: division by zero, at" in found["quiz"]["reasons"][0]
    nbformat.write(answered(double="double = CADB  # the order"), path)
    (reason,) = checked(capsys, "--notebook", str(path))["double"]["reasons"]
    assert reason.endswith("double = CADB  # the order; write the letters in quotes")


def test_a_half_filled_answer_is_told_its_blank(course: Course, capsys: Out) -> None:
    path = course.root / "handed in.ipynb"
    nbformat.write(answered(double="other = 3\ndouble = ____"), path)
    assert checked(capsys, "--notebook", str(path))["double"]["reasons"] == [
        "not attempted: there is still a blank (____) in your answer, "
        "line 2: double = ____"
    ]


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["check", "07"], "no module '07'. Modules: 01_sample"),
        (["check", NAME], "coursekit release"),
        (["check", NAME, "--notebook", "nowhere.ipynb"], "check the name"),
        (["check", NAME, "--notebook", "nbgrader_config.py"], "not a notebook"),
    ],
)
def test_unusable_input_is_one_line_and_exit_code_2(
    course: Course,
    capsys: Out,
    monkeypatch: pytest.MonkeyPatch,
    args: list[str],
    message: str,
) -> None:
    monkeypatch.chdir(course.root)
    assert main(args) == 2
    error = capsys.readouterr().err
    assert message in error
    assert "Traceback" not in error


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (
            ["check", "01"],
            f"your instructor: save the notebook, then hand in the folder "
            f"course/{NAME}.",
        ),
        (["check", "07"], f"no module '07'. Modules: {NAME}."),
        (["release", NAME], "ask your instructor for a new one"),
        (["release"], "ask your instructor for a new one"),
    ],
)
def test_a_copy_without_solutions_says_who_has_them(
    course: Course, capsys: Out, args: list[str], message: str
) -> None:
    generate(course, NAME, course.root / "course")
    shutil.rmtree(course.root / "solutions")
    assert main(args) == 2
    assert message in capsys.readouterr().err


@pytest.mark.parametrize("seconds", ["0", "-1", "nan", "inf", "soon"])
def test_a_limit_that_is_none_is_refused(seconds: str, capsys: Out) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["check", NAME, "--timeout", seconds])
    assert stopped.value.code == 2
    assert "not a number of seconds above 0" in capsys.readouterr().err


@pytest.mark.deep
def test_a_reader_who_leaves_early_is_no_error(course: Course) -> None:
    read, write = os.pipe()
    os.close(read)
    command = [sys.executable, "-m", "coursekit.cli", "release"]
    done = subprocess.run(command, stdout=write, stderr=subprocess.PIPE, text=True)
    os.close(write)
    assert (done.returncode, done.stderr) == (1, "")
