"""The learners' copy: nothing that they must not see, and all that they need."""

import json
import os
import shutil
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest

from coursekit.author.handout import hand_out
from coursekit.author.leaks import _checks, _line, _text
from coursekit.author.release import generate
from coursekit.author.verify.subject import files
from coursekit.cli import main
from coursekit.core.course import Course, CourseError
from coursekit.core.module import load
from tests.coursekit.sample_course import NAME, answered, write_course

pytestmark = pytest.mark.slow

REPO = Path(__file__).parents[2]
FORBIDDEN = {
    *(".git", ".ci", ".gitignore", "solutions", "tests", "bank"),
    *("answers.json", "gradebook.db", "misconceptions.toml", "__pycache__"),
    *(".ipynb_checkpoints", ".venv", "out", "submitted", "audit"),
}


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The learners' copy of this very course."""
    return hand_out(Course(REPO), tmp_path_factory.mktemp("out") / "agents")


def texts(folder: Path) -> Iterator[tuple[str, str]]:
    """Every file as text, escapes of TOML, JSON and HTML undone."""
    for name, content in files(folder).items():
        yield name, _text(name, content)


def test_no_folder_or_file_of_the_instructors_is_in_it(copy: Path) -> None:
    names = [p.relative_to(copy) for p in copy.rglob("*")]
    assert not [n for n in names if FORBIDDEN & set(n.parts)]
    assert not [n for n in names if n.name.startswith(".") or n.suffix == ".pyc"]
    assert not [p for p in copy.rglob("*") if p.is_symlink()]
    assert not (copy / "grading").exists()
    assert not list((copy / "course").rglob("checks.py"))
    notebooks = sorted(p.stem for p in copy.rglob("*.ipynb"))
    assert notebooks == Course(REPO).modules


def test_no_key_feedback_explanation_or_check_is_in_it(copy: Path) -> None:
    """In no file at all; solutions are only looked for in course/: src has agents."""
    secrets: dict[str, str] = {}
    for name in Course(REPO).modules:
        module = load(REPO / "solutions" / name)
        for exercise in module.exercises:
            secrets[_line(exercise.explanation)] = f"{name} {exercise.id}"
        for question in module.quiz:
            for option in question.options:
                secrets[_line(option.feedback)] = f"{name} {question.id}"
        for check, text in _checks(module.folder / "checks.py"):
            secrets[_line(text)] = f"{name} {check}"
        secrets["".join(q.answer for q in module.quiz)] = f"{name} key"
    found = {
        (name, what)
        for name, text in texts(copy)
        for secret, what in secrets.items()
        if len(secret) >= 24 and secret in text
    }
    assert len(secrets) > 100
    assert found == set()


def test_its_notebooks_have_no_output_and_its_modules_no_key(copy: Path) -> None:
    for path in copy.rglob("*.ipynb"):
        notebook = nbformat.read(path, as_version=4)
        assert set(notebook.metadata) == {"kernelspec", "language_info"}
        assert not any(c.get("outputs") for c in notebook.cells)
        assert "END SOLUTION" not in path.read_text(encoding="utf-8")
    for path in copy.rglob("module.toml"):
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        assert table["public"] is True
        assert not any("answer" in q for q in table["quiz"])
        assert not any(set(o) != {"text"} for q in table["quiz"] for o in q["options"])


def test_course_equals_what_is_released(copy: Path) -> None:
    course = Course(REPO)
    for name in course.modules:
        mine = {
            n: data
            for n, data in files(course.release(name)).items()
            if not n.startswith(("answers.json", "__pycache__", ".ipynb"))
        }
        assert files(copy / "course" / name).keys() == mine.keys()


RUN = """
import json, os, sys
import nbformat
from coursekit.author.verify.plain_run import run_cell
os.chdir("course/" + sys.argv[1])
sys.path.insert(0, os.getcwd())
names, errors = {"__name__": "__main__", "display": print}, {}
for cell in nbformat.read(sys.argv[1] + ".ipynb", as_version=4).cells:
    if cell.cell_type == "code":
        error = run_cell(cell.source, names, cell.id)
        if error:
            errors[cell.id] = error
import coursekit, session1
errors["from"] = [coursekit.__file__, session1.__file__]
print("\\n" + json.dumps(errors))
"""


def started(copy: Path, *args: str) -> subprocess.CompletedProcess[str]:
    """A command of the copy's own code."""
    env = {**os.environ, "PYTHONPATH": str(copy / "src"), "MPLBACKEND": "agg"}
    env.pop("COURSEKIT_ROOT", None)
    return subprocess.run(
        [sys.executable, *args], cwd=copy, env=env, capture_output=True, text=True
    )


@pytest.mark.deep
def test_a_released_notebook_runs_in_it(copy: Path, tmp_path: Path) -> None:
    """Its quiz, guesses and progress too; only what is left to write is missing."""
    own = tmp_path / "mine"
    shutil.copytree(copy, own)
    done = started(own, "-c", RUN, "00_start")
    assert done.returncode == 0, done.stderr
    errors: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    assert all(Path(p).is_relative_to(own) for p in errors.pop("from"))
    assert all("NotImplementedError" in e for e in errors.values()), errors
    assert "0 of 4 answered" in done.stdout
    assert "q1" in done.stdout
    saved = json.loads((own / "course" / "00_start" / "answers.json").read_text())
    assert saved["progress"]


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["check", "00"], "The hidden checks of 00_start are with your instructor"),
        (["release", "00"], "This copy has no solutions/"),
        (["handout", "../x"], "it is a learners' copy itself"),
        (["verify"], "There are no modules"),
    ],
)
def test_commands_refuse_kindly_in_it(copy: Path, args: list[str], words: str) -> None:
    done = started(copy, "-m", "coursekit.cli", *args)
    assert done.returncode == 2
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    assert words in line


def test_the_demo_takes_what_a_learner_built(copy: Path) -> None:
    code = "import demo_runner; print(*demo_runner.mine(['memory']).notes, sep='\\n')"
    done = started(copy, "-c", code)
    assert "Nothing of yours to run yet" in done.stdout, done.stderr


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Course:
    """A small course with all that must stay behind, in a folder of its own."""
    monkeypatch.delenv("COURSEKIT_ROOT", raising=False)
    course = Course(write_course(tmp_path / "course"))
    generate(course, NAME)
    monkeypatch.chdir(course.root)
    nbformat.write(answered(), course.release(NAME) / f"{NAME}.ipynb")
    for name in (
        *(".git/config", "grading/names.csv", f"course/{NAME}/answers.json"),
        *("src/coursekit/__pycache__/a.pyc", "src/agents.egg-info/PKG-INFO"),
        *("src/.env", "docs/answers.json", "docs/solved.ipynb", "notes.txt"),
        *(f"course/{NAME}/.ipynb_checkpoints/a.ipynb", "docs/grades.db", "src/a.py"),
    ):
        path = course.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("secret")
    (course.root / "docs" / "key.toml").symlink_to(course.source(NAME) / "module.toml")
    (course.root / "src" / "all").symlink_to(course.root / "solutions")
    return course


SAMPLE = {
    *("README.md", "nbgrader_config.py", "src/a.py"),
    *(f"course/{NAME}/{n}" for n in (f"{NAME}.ipynb", "helper.py", "module.toml")),
}


def test_a_folder_has_what_learners_need_and_no_try(
    course: Course, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    target = tmp_path / "new" / "agents"
    assert main(["handout", str(target)]) == 0
    assert str(target) in capsys.readouterr().out
    made = files(target)
    assert set(made) == SAMPLE
    assert [n for n, data in made.items() if data == b"secret"] == ["src/a.py"]
    assert b"result_of_doubling" not in made[f"course/{NAME}/{NAME}.ipynb"]
    assert [p.name for p in target.parent.iterdir()] == ["agents"]


def test_a_zip_has_the_same_in_one_folder(course: Course, tmp_path: Path) -> None:
    target = tmp_path / "agents.zip"
    assert main(["handout", str(target)]) == 0
    with zipfile.ZipFile(target) as packed:
        names = {n for n in packed.namelist() if not n.endswith("/")}
    assert names == {f"agents/{name}" for name in SAMPLE}
    assert not [p for p in tmp_path.iterdir() if p.name.startswith(".")]


def test_an_empty_folder_will_do(course: Course, tmp_path: Path) -> None:
    (tmp_path / "agents").mkdir()
    assert main(["handout", str(tmp_path / "agents")]) == 0
    assert set(files(tmp_path / "agents")) == SAMPLE


def test_another_place_is_refused_on_one_line(
    course: Course, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    full, file = tmp_path / "full", tmp_path / "a.zip"
    full.mkdir()
    (full / "mine.txt").write_text("mine")
    file.write_text("mine")
    for target, words in {
        full: "is a folder with something in it",
        file: "is there already",
        file / "x": "is a file, no folder",
        course.root: "lies in the course itself",
        course.root / "out" / "a.zip": "lies in the course itself",
        tmp_path: "is a folder with something in it",
    }.items():
        before = files(tmp_path)
        assert main(["handout", str(target)]) == 2
        told = capsys.readouterr()
        assert len(told.err.splitlines()) == 1
        assert words in told.err
        assert told.out == ""
        assert files(tmp_path) == before


def test_a_broken_module_or_a_full_disk_leaves_nothing(
    course: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any, **__: Any) -> Any:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("coursekit.author.handout.shutil.copy", full)
        with pytest.raises(CourseError, match="No space left on device"):
            hand_out(course, tmp_path / "out")
    (course.source(NAME) / "module.toml").write_text("title =")
    with pytest.raises(CourseError, match=r"module\.toml"):
        hand_out(course, tmp_path / "out")
    assert [p.name for p in tmp_path.iterdir()] == ["course"]
