"""No release destroys the one before, and none leaves an instructor stuck."""

import errno
import json
import os
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbgrader.api import Gradebook
from nbgrader.apps import NbGraderAPI
from nbgrader.coursedir import CourseDirectory

from coursekit.author import convert, swap
from coursekit.author.release import generate, release
from coursekit.author.verify.subject import files
from coursekit.cli import main
from coursekit.core.course import Course
from coursekit.core.module import load
from coursekit.grading.atomic_files import only_grader
from coursekit.grading.gradebook import expected
from tests.coursekit import sample_course as sample
from tests.coursekit.sample_course import NAME, solution, write_course

pytestmark = pytest.mark.slow

EXTRA = """
[[exercises]]
id = "third"
title = "A third"
kind = "quiz"
objective = "double"
points = 3
stub = "# answer here"

[[quiz]]
id = "q3"
exercise = "third"
objective = "double"
prompt = "What is a third of six?"
answer = "B"
[[quiz.options]]
text = "One"
[[quiz.options]]
text = "Two"
"""
THIRD = 'answer("q3", "B")'
TRIES = {"answers.json": b'{"quiz": {"q1": "A"}}', "mine.txt": b"my own"}


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course that was released once, and worked in since."""
    course = Course(write_course(tmp_path_factory.mktemp("template") / "course"))
    generate(course, NAME)
    for name, data in TRIES.items():
        (course.release(NAME) / name).write_bytes(data)
    return course.root


@pytest.fixture
def course(template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Course:
    monkeypatch.delenv("COURSEKIT_ROOT", raising=False)
    root = tmp_path / "a course of mine (ü)"
    shutil.copytree(template, root)
    monkeypatch.chdir(root)
    return Course(root)


def kept(course: Course) -> dict[str, bytes]:
    """What is in course/, with hidden leftovers."""
    return files(course.root / "course")


def check_stays(course: Course, capsys: Any, words: str, code: int = 2) -> None:
    """`coursekit release` fails on one line that has the words; nothing changed."""
    before = kept(course)
    assert main(["release", NAME]) == code
    told = capsys.readouterr()
    assert "released" not in told.out
    assert len(told.err.splitlines()) == 1, told.err
    assert words in told.err
    assert "Traceback" not in told.err
    assert kept(course) == before


def source(course: Course) -> Path:
    return course.source(NAME) / f"{NAME}.ipynb"


def edit(name: str, old: str, new: str) -> Callable[[Course], None]:
    def change(course: Course) -> None:
        path = course.source(NAME) / name
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    return change


def put(name: str, data: bytes) -> Callable[[Course], Any]:
    return lambda course: (course.source(NAME) / name).write_bytes(data)


def gone(name: str) -> Callable[[Course], Any]:
    return lambda course: (course.source(NAME) / name).unlink()


def folder(name: str) -> Callable[[Course], None]:
    def change(course: Course) -> None:
        path = course.source(NAME) / name
        path.unlink()
        path.mkdir()

    return change


def cells(change: Callable[[Any], object]) -> Callable[[Course], None]:
    def apply(course: Course) -> None:
        notebook = nbformat.read(source(course), as_version=4)
        change(notebook)
        nbformat.write(notebook, source(course))

    return apply


def plain(change: Callable[[Any], object]) -> Callable[[Course], None]:
    """A change of the notebook's cells that nbformat would not write."""

    def apply(course: Course) -> None:
        notebook = json.loads(source(course).read_text(encoding="utf-8"))
        change(notebook["cells"])
        source(course).write_text(json.dumps(notebook), encoding="utf-8")

    return apply


def again(made: Any) -> Any:
    made.id = "again"
    return made


def cell(notebook: Any, name: str) -> Any:
    return next(c for c in notebook.cells if c.id == name)


NOTEBOOK, TOML, CHECKS = f"{NAME}.ipynb", "module.toml", "checks.py"
KIND = 'kind = "write"'
BROKEN = {
    "no end of a solution": (
        edit(NOTEBOOK, "### END SOLUTION", "###"),
        "double: no end",
    ),
    "no end of hidden tests": (
        edit(NOTEBOOK, "### END HIDDEN TESTS", "###"),
        "No end hidden tests",
    ),
    "nested solutions": (
        edit(NOTEBOOK, "result_of_doubling = n", "### BEGIN SOLUTION\\n    r = n"),
        "no end solution statement",
    ),
    "no notebook in it": (put(NOTEBOOK, b""), f"{NOTEBOOK}: Cannot read it: line 1"),
    "not JSON": (put(NOTEBOOK, b"{\n\n<<<<<<< HEAD\n"), "Cannot read it: line 3"),
    "no cells": (put(NOTEBOOK, b'{"nbformat": 4, "metadata": {}}'), "Cannot read it"),
    "a list": (put(NOTEBOOK, b"[]"), "Cannot read it"),
    "Latin-1 notebook": (put(NOTEBOOK, b'{\n"\xe9": 1}'), "line 2 is not UTF-8"),
    "UTF-16 notebook": (put(NOTEBOOK, "{}".encode("utf-16")), "Cannot read it"),
    "no module.toml": (gone(TOML), f"solutions/{NAME}/module.toml: is missing"),
    "a folder for module.toml": (folder(TOML), "module.toml: is missing"),
    "bad TOML": (edit(TOML, "minutes = 2", "minutes ="), "(at line 3, column"),
    "UTF-16 TOML": (put(TOML, 'title = "x"'.encode("utf-16")), "(at line 1)"),
    "Latin-1 TOML": (put(TOML, '\ntitle = "é"'.encode("latin-1")), "(at line 2)"),
    "no title": (edit(TOML, 'title = "Doubling"', ""), "module.toml: needs title"),
    "unknown kind": (edit(TOML, KIND, 'kind = "wirte"'), "kind 'wirte' is none of"),
    "unknown key": (edit(TOML, KIND, f"{KIND}\npoits = 4"), "does not know 'poits'"),
    "no kind": (edit(TOML, KIND, ""), "exercises double: kind is missing"),
    "points in words": (edit(TOML, "points = 4", 'points = "4"'), "points must be"),
    "points not a number": (edit(TOML, "points = 4", "points = nan"), "points = nan"),
    "points below zero": (edit(TOML, "points = 4", "points = -4"), "points = -4"),
    "an exercise twice": (
        edit(TOML, 'id = "halve"', 'id = "double"'),
        "is there twice",
    ),
    "a question twice": (
        edit(TOML, 'id = "q2"', 'id = "q1"'),
        "quiz q1 is there twice",
    ),
    "no answer": (edit(TOML, 'answer = "B"', ""), "q1 has no answer"),
    "answer not offered": (
        edit(TOML, 'answer = "B"', 'answer = "D"'),
        "quiz q1: needs",
    ),
    "options as a text": (
        lambda c: put(TOML, b'title="x"\nquiz=[{id="q",prompt="p",options="A"}]')(c),
        "write options as [[options]]",
    ),
    "a table for exercises": (put(TOML, b'title="x"\nexercises={}'), "[[exercises]]"),
    "bad catalogue": (
        lambda c: (c.root / "solutions/misconceptions.toml").write_text("[a"),
        "misconceptions.toml",
    ),
    "no checks.py": (gone(CHECKS), f"solutions/{NAME}/checks.py: is missing"),
    "checks.py that cannot be read": (put(CHECKS, b"def f(:\n"), "checks.py: line 1"),
    "checks.py that raises": (
        put(CHECKS, b"\nimport nothing_such\n"),
        "checks.py: line 2",
    ),
    "checks.py that ends": (put(CHECKS, b"raise SystemExit\n"), "checks.py: line 1"),
    "checks.py in Latin-1": (
        put(CHECKS, "\n# é\n".encode("latin-1")),
        "checks.py: line 2 is not UTF-8",
    ),
    "a helper in Latin-1": (
        put("helper.py", "\n# é\n".encode("latin-1")),
        "helper.py: line 2 is not UTF-8",
    ),
    "checks.py that ends Python": (
        put(CHECKS, b"import os\n\nos._exit(0)\n"),
        "checks.py: ends Python when it is read",
    ),
    "checks.py without a check": (
        edit(CHECKS, "def halve", "def half"),
        "function halve",
    ),
    "other points": (
        edit(TOML, "points = 4", "points = 5"),
        "test_double has 4 points",
    ),
    "an exercise without cells": (
        lambda c: put(TOML, (c.source(NAME) / TOML).read_bytes() + EXTRA.encode())(c),
        "no answer cell for third",
    ),
    "a cell without exercise": (
        cells(lambda nb: cell(nb, "double").metadata.nbgrader.update(grade_id="dbl")),
        "no answer cell for double",
    ),
    "an id of two cells": (
        cells(lambda nb: nb.cells.append(again(solution("halve", "x")))),
        "several cells have the id halve",
    ),
    "a cell without an id": (
        plain(lambda cells: cells[2].pop("id")),
        "cell 2: has no id",
    ),
    "two cells with one id": (
        plain(lambda cells: cells[2].update(id=cells[1]["id"])),
        "of another cell",
    ),
    "a mark without an id": (
        cells(lambda nb: cell(nb, "double").metadata.nbgrader.pop("grade_id")),
        "cell 3: nbgrader's mark has no id",
    ),
    "an answer not marked": (
        cells(lambda nb: cell(nb, "double").update(source="def double(n): return n")),
        "double: has no ### BEGIN SOLUTION",
    ),
    "an answer marked twice": (
        edit(TOML, 'kind = "write"', 'kind = "write"\nstub = "def double(n): ..."'),
        "double: has ### BEGIN SOLUTION, and a stub",
    ),
    "no stub where one is needed": (
        edit(TOML, "stub = '''", "explanation2 = '''"),
        "does not know 'explanation2'",
    ),
    "a signature inside the solution": (
        cells(
            lambda nb: cell(nb, "double").update(
                source="### BEGIN SOLUTION\ndef double(n):\n    return 2*n\n"
                "### END SOLUTION"
            )
        ),
        "learners do not see the name double",
    ),
    "a stub without the name": (
        edit(TOML, "def halve(n):", "def half(n):"),
        "learners do not see the name halve",
    ),
    "a leak": (
        edit(
            "helper.py",
            "two =",
            "# Nine is three times three: that is the square.\ntwo =",
        ),
        "helper.py: gives away feedback of q1",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_broken_sources_leave_the_last_release(
    course: Course, capsys: pytest.CaptureFixture, name: str
) -> None:
    change, words = BROKEN[name]
    change(course)
    check_stays(course, capsys, words)


def test_checks_that_never_end_leave_the_last_release(
    course: Course, capsys: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("coursekit.author.sources.SECONDS", 1)
    put(CHECKS, b"import time\n\nwhile True:\n    time.sleep(0.1)\n")(course)
    check_stays(course, capsys, "still running after 1 s")


READ = [n for n, (_, words) in BROKEN.items() if n not in ("a leak",)]


@pytest.mark.parametrize("name", READ)
def test_verify_finds_the_same_without_a_traceback(
    course: Course, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    from coursekit.author.sources import unreadable
    from coursekit.author.verify import run_group

    change, _ = BROKEN[name]
    change(course)
    found = unreadable(course, NAME)
    if not found:
        for group in ("structure", "released"):
            found += run_group(course, group, NAME)
    assert found
    assert all(f.where.startswith(("solutions/", "course/")) for f in found), found
    assert not any("Traceback" in f.what for f in found)


def test_verify_prints_one_finding_for_an_unreadable_module(
    course: Course, capsys: pytest.CaptureFixture
) -> None:
    gone(TOML)(course)
    assert main(["verify", "--jobs", "1"]) == 1
    shown = capsys.readouterr()
    assert f"solutions/{NAME}/module.toml: is missing" in shown.out
    assert "1 finding." in shown.out
    assert shown.err == ""


def test_another_module_is_released_nevertheless(
    course: Course, capsys: pytest.CaptureFixture
) -> None:
    other = course.root / "solutions" / "00_broken"
    other.mkdir()
    (other / "00_broken.ipynb").write_text("{")
    assert main(["release"]) == 2
    told = capsys.readouterr()
    assert f"released course/{NAME}" in told.out
    assert "00_broken.ipynb: Cannot read it" in told.err
    assert not (course.root / "course" / "00_broken").exists()
    assert sorted(p.name for p in (course.root / "course").iterdir()) == [NAME]


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EROFS, errno.EACCES])
@pytest.mark.parametrize("place", ["mkdtemp", "write", "stripped", "rename"])
def test_a_disk_that_takes_nothing_leaves_the_last_release(
    course: Course,
    capsys: pytest.CaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    place: str,
    code: int,
) -> None:
    def full(*_: Any, **__: Any) -> Any:
        raise OSError(code, os.strerror(code))

    where = {
        "mkdtemp": "coursekit.author.swap.tempfile.mkdtemp",
        "write": "nbconvert.writers.FilesWriter.write",
        "stripped": "coursekit.author.release.stripped",
        "rename": "coursekit.author.swap._in_two_steps",
    }
    monkeypatch.setattr(swap, "_exchange", lambda *_: False)
    monkeypatch.setattr(where[place], full)
    check_stays(course, capsys, os.strerror(code))


STAGES = {
    "convert": "coursekit.author.convert.convert",
    "faults": "coursekit.author.release.faults_of",
    "gradebook": "coursekit.author.convert.enter",
    "swap": "coursekit.author.swap._replace",
}


@pytest.mark.parametrize("stage", STAGES)
def test_ctrl_c_leaves_the_last_release(
    course: Course,
    capsys: pytest.CaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    stage: str,
) -> None:
    def stopped(*_: Any, **__: Any) -> Any:
        raise KeyboardInterrupt

    monkeypatch.setattr(STAGES[stage], stopped)
    check_stays(course, capsys, "stopped", code=130)
    monkeypatch.undo()


def killed(work: Callable[[], object]) -> None:
    """Do `work` in a copy of this process, which is killed on the way."""
    child = os.fork()
    if child == 0:
        try:
            work()
        finally:
            os._exit(3)
    assert os.waitpid(child, 0)[1] == 9


def kill(*_: Any, **__: Any) -> Any:
    os.kill(os.getpid(), 9)


@pytest.mark.parametrize("stage", STAGES)
def test_a_killed_release_leaves_the_last_one(
    course: Course, monkeypatch: pytest.MonkeyPatch, stage: str
) -> None:
    before = files(course.release(NAME))
    with monkeypatch.context() as patch:
        patch.setattr(STAGES[stage], kill)
        killed(lambda: release(course, NAME))
    assert files(course.release(NAME)) == before
    release(course, NAME)
    assert sorted(p.name for p in (course.root / "course").iterdir()) == [NAME]
    assert not set(TRIES) & set(files(course.release(NAME)))


def test_one_killed_between_two_renames_is_put_back(
    course: Course, capsys: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the system cannot exchange folders; even when the next one fails."""
    before = files(course.release(NAME))
    real = Path.rename

    def rename(self: Path, target: Path) -> Path:
        if target == course.release(NAME) and self.name == NAME:
            kill()
        return real(self, target)

    with monkeypatch.context() as patch:
        patch.setattr(swap, "_exchange", lambda *_: False)
        patch.setattr(Path, "rename", rename)
        killed(lambda: release(course, NAME))
    assert not course.release(NAME).exists()
    gone(TOML)(course)
    assert main(["release", NAME]) == 2
    assert "is missing" in capsys.readouterr().err
    assert files(course.release(NAME)) == before


def test_two_steps_do_as_well(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(swap, "_exchange", lambda *_: False)
    release(course, NAME)
    assert sorted(p.name for p in (course.root / "course").iterdir()) == [NAME]


def test_two_at_once_do_not_mix(course: Course, capsys: pytest.CaptureFixture) -> None:
    with only_grader(course.root / "grading"):
        check_stays(course, capsys, "Wait until it is done")


def test_a_locked_gradebook_leaves_the_last_release(
    course: Course, capsys: pytest.CaptureFixture
) -> None:
    book = sqlite3.connect(course.root / "grading" / "gradebook.db")
    book.execute("BEGIN EXCLUSIVE")
    check_stays(course, capsys, "another program is writing to the gradebook")
    book.close()


def test_a_gradebook_that_is_none_leaves_the_last_release(
    course: Course, capsys: pytest.CaptureFixture
) -> None:
    (course.root / "grading" / "gradebook.db").write_text("no gradebook" * 1000)
    check_stays(course, capsys, "file is not a database")


def test_it_runs_by_its_path_in_an_environment_not_activated(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    """nbgrader starts `alembic` by name for a new gradebook."""
    (course.root / "grading" / "gradebook.db").unlink()
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    assert main(["release", NAME]) == 0
    assert (course.root / "grading" / "gradebook.db").is_file()


CONDA = {"name": "conda-env-mine", "display_name": "mine", "env": {"A": "b"}}


@pytest.mark.parametrize("spec", [None, CONDA])
def test_any_kernel_and_metadata_become_the_plain_ones(
    course: Course, spec: dict[str, Any] | None
) -> None:
    def change(notebook: Any) -> None:
        notebook.metadata = {"kernelspec": spec} if spec else {}

    cells(change)(course)
    release(course, NAME)
    made = nbformat.read(course.release(NAME) / NOTEBOOK, as_version=4)
    assert made.metadata == {
        "kernelspec": {
            "display_name": "Python 3 (ipykernel)",
            "language": "python",
            "name": "python3",
        },
        "language_info": {"name": "python"},
    }


def graded(course: Course, by_hand: float) -> None:
    """Two students with scores, one given by hand."""
    with Gradebook(str(course.config().CourseDirectory.db_url)) as book:
        for name in ("ada", "bob"):
            book.add_student(name)
            (notebook,) = book.add_submission(NAME, name).notebooks
            for grade in notebook.grades:
                grade.auto_score = 1.0
        grade = book.find_grade("test_double", NAME, NAME, "ada")
        grade.manual_score = by_hand
        book.db.commit()


def scores(course: Course, student: str) -> dict[str, float]:
    with Gradebook(str(course.config().CourseDirectory.db_url)) as book:
        expected(book, load(course.source(NAME)))  # what `grade` asks for
        (notebook,) = book.find_submission(NAME, student).notebooks
        assert {c.name for c in notebook.comments} == {
            c.name for c in notebook.notebook.solution_cells
        }
        return {g.name: g.score for g in notebook.grades}


def add_third(course: Course) -> None:
    put(TOML, (course.source(NAME) / TOML).read_bytes() + EXTRA.encode())(course)
    third = [solution("third", THIRD)]
    cells(lambda nb: nb.cells.extend([*third, sample.tested("third", 3)]))(course)


def test_an_exercise_is_added_once_graded(
    course: Course, capsys: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sample.TESTS, "third", "true(True, 'there')")
    graded(course, 3.5)
    add_third(course)
    assert main(["release", NAME]) == 0
    told = capsys.readouterr().out
    assert "new in the gradebook: third" in told
    assert f"next: coursekit grade {NAME}" in told
    assert scores(course, "ada") == {
        "test_double": 3.5,
        "test_halve": 1,
        "test_quiz": 1,
        "test_third": 0,
    }
    assert "third" in (course.release(NAME) / TOML).read_text()


def test_an_exercise_is_removed_once_graded(
    course: Course, capsys: pytest.CaptureFixture
) -> None:
    graded(course, 3.5)
    path = course.source(NAME) / TOML
    text = path.read_text()
    start = text.index('[[exercises]]\nid = "halve"')
    path.write_text(text[:start] + text[text.index('[[exercises]]\nid = "quiz"') :])

    def drop(notebook: Any) -> None:
        notebook.cells = [c for c in notebook.cells if "halve" not in c.id]

    cells(drop)(course)
    assert main(["release", NAME]) == 0
    told = capsys.readouterr().out
    assert "removed from the gradebook with their scores: halve" in told
    assert scores(course, "ada") == {"test_double": 3.5, "test_quiz": 1}
    assert scores(course, "bob") == {"test_double": 1, "test_quiz": 1}
    copy = course.root / "grading" / "gradebook.before-release.db"
    with Gradebook(f"sqlite:///{copy}") as book:
        assert book.find_grade("test_halve", NAME, NAME, "ada").auto_score == 1


def test_other_points_once_graded(course: Course) -> None:
    graded(course, 3.5)
    edit(TOML, "points = 4", "points = 5")(course)
    cells(lambda nb: cell(nb, "test-double").metadata.nbgrader.update(points=5))(course)
    release(course, NAME)
    assert scores(course, "ada")["test_double"] == 3.5


def test_nothing_but_the_modules_notebook_is_released(course: Course) -> None:
    """A copy of the notebook, an instructor's answers and caches stay out."""
    home = course.source(NAME)
    shutil.copy(source(course), home / f"{NAME}-Copy1.ipynb")
    (home / "answers.json").write_text('{"quiz": {"q1": "B", "q2": "A"}}')
    for place in (".ipynb_checkpoints", "__pycache__"):
        (home / place).mkdir()
        (home / place / f"{NAME}-checkpoint.ipynb").write_text("{}")
    release(course, NAME)
    assert sorted(kept(course)) == [
        f"{NAME}/{name}" for name in (NOTEBOOK, "helper.py", TOML)
    ]


def test_what_was_answered_in_the_last_release_is_kept(
    course: Course, capsys: pytest.CaptureFixture
) -> None:
    before = files(course.release(NAME))
    assert main(["release", NAME]) == 0
    assert f"kept in grading/tries/{NAME}" in capsys.readouterr().out
    assert files(course.root / "grading" / "tries" / NAME) == before
    assert not set(TRIES) & set(files(course.release(NAME)))
    assert main(["release", NAME]) == 0
    assert "tries" not in capsys.readouterr().out
    assert files(course.root / "grading" / "tries" / NAME) == before


def test_a_fault_names_the_line_of_its_table(
    course: Course, capsys: pytest.CaptureFixture
) -> None:
    text = (course.source(NAME) / TOML).read_text().splitlines()
    line = text.index('id = "halve"') + 1
    edit(TOML, 'kind = "fix"', 'kind = "fixed"')(course)
    check_stays(course, capsys, f"module.toml: line {line}: halve: kind 'fixed'")


def test_convert_names_an_error_that_nbgrader_only_logs() -> None:
    told = str(convert.plain(NAME, RuntimeError("no such\nthing")))
    assert told.startswith(f"{NAME} could not be released (no such thing): correct")


@pytest.mark.parametrize(
    "name", ["no end of a solution", "no module.toml", "unknown kind", "no checks.py"]
)
def test_nbgraders_own_command_leaves_the_last_release(
    course: Course, name: str
) -> None:
    """It deletes a release before it makes the next, so that must not begin."""
    change, words = BROKEN[name]
    change(course)
    before = kept(course)
    done = nbgraders_own(course)
    assert not done["success"]
    assert words in done["log"]
    assert kept(course) == before


def nbgraders_own(course: Course) -> dict[str, Any]:
    """What formgrader's button and `nbgrader generate_assignment --force` do."""
    config = course.config()
    api = NbGraderAPI(CourseDirectory(config=config), config=config)
    return dict(api.generate_assignment(NAME, force=True))


def test_nbgraders_own_command_adds_an_exercise_once_graded(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sample.TESTS, "third", "true(True, 'there')")
    graded(course, 3.5)
    add_third(course)
    done = nbgraders_own(course)
    assert done["success"], done
    assert scores(course, "ada")["test_double"] == 3.5
    assert scores(course, "ada")["test_third"] == 0


def test_grade_and_release_send_nobody_in_a_circle(
    course: Course, capsys: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sample.TESTS, "third", "true(True, 'there')")
    home = course.root / "grading" / "submitted" / "ada" / NAME
    shutil.copytree(course.release(NAME), home)
    nbformat.write(sample.answered(), home / NOTEBOOK)
    assert main(["grade", "--jobs", "1"]) == 0
    add_third(course)
    capsys.readouterr()
    assert main(["grade", "--jobs", "1"]) == 2
    assert f"`coursekit release {NAME}`" in capsys.readouterr().err
    assert main(["release", NAME]) == 0
    capsys.readouterr()
    assert main(["grade", "--jobs", "1"]) == 0
    assert "8 of 11" in capsys.readouterr().out
    assert scores(course, "ada")["test_third"] == 0


def test_grade_tells_an_instructor_where_module_toml_is_missing(
    course: Course, capsys: pytest.CaptureFixture
) -> None:
    handed_in = course.root / "grading" / "submitted" / "ada" / NAME
    shutil.copytree(course.release(NAME), handed_in)
    gone(TOML)(course)
    assert main(["grade", NAME]) == 2
    told = capsys.readouterr().err
    assert f"{NAME}/module.toml: is missing in solutions/" in told
    assert "start the notebook" not in told
