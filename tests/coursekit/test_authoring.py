"""docs/authoring.md, followed step by step: its code blocks are the input."""

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import nbformat
import pytest

from coursekit.cli import main
from coursekit.core.course import Course
from coursekit.core.module import KINDS

pytestmark = [pytest.mark.slow, pytest.mark.deep]

REPO = Path(__file__).parents[2]
DOC = (REPO / "docs" / "authoring.md").read_text(encoding="utf-8")
MODULE, EXERCISE = "10_retries", "backoff"
APART = (".git", ".venv", "solutions", "course", "grading", "nbgrader_config.py")
BLOCK = re.compile(r"([^\n]*)\n\n```(\w+)\n(.*?)```", re.S)
MOST = 120  # lines that a typical exercise costs its author


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Course:
    """The whole course, of which solutions/ and course/ are copies."""
    for path in REPO.iterdir():
        if path.name not in APART:
            (tmp_path / path.name).symlink_to(path)
    shutil.copy(REPO / "nbgrader_config.py", tmp_path)
    for folder in ("solutions", "course"):
        shutil.copytree(REPO / folder, tmp_path / folder)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("COURSEKIT_ROOT", raising=False)
    return Course(tmp_path)


def run(command: str) -> int:
    """The exit code of a command of the page."""
    words = re.findall(r'"([^"]*)"|(\S+)', command)
    program, *args = (quoted or plain for quoted, plain in words)
    if program == "coursekit":
        return main(args)
    call = [sys.executable, "-m", program, *args]
    return subprocess.run(call, capture_output=True, check=False).returncode


def write(course: Course, asked: str, text: str) -> None:
    """Do what the words before a block ask for."""
    names = re.findall(r"`([^`]+)`", asked)
    if "ppend" in asked:
        with (course.root / names[-1]).open("a", encoding="utf-8") as file:
            file.write(text)
    elif "Write" in asked:
        path = course.root / names[-1]
        assert path.exists(), f"coursekit new has not made {path.name}"
        path.write_text(text, encoding="utf-8")
    else:
        path = course.source(MODULE) / f"{MODULE}.ipynb"
        notebook = nbformat.read(path, as_version=4)
        name = re.findall(r"[Cc]ell `([\w-]+)`", asked)[-1]
        (cell,) = (c for c in notebook.cells if c.id == name)
        cell.source = text.rstrip("\n")
        nbformat.write(notebook, path)


def test_the_worked_example_ends_in_a_module_that_verify_accepts(
    course: Course, capsys: pytest.CaptureFixture
) -> None:
    blocks = BLOCK.findall(DOC)
    codes: list[int] = []
    for asked, language, text in blocks:
        if language == "sh":
            codes += map(run, text.splitlines())
        else:
            write(course, asked, text)
    told = capsys.readouterr().out
    assert "✗ blanks are filled in" in told
    assert codes == [0, 0, 1, 0, 0, 0], told
    assert told.rstrip().endswith("All rules hold.")
    assert len(blocks) == 15


def test_a_typical_exercise_costs_its_author_few_lines() -> None:
    count = 0
    for asked, language, text in BLOCK.findall(DOC):
        if f"{MODULE}/module.toml" in asked:
            tables = re.split(r"\n(?=\[\[\w+\]\])", text)
            (text,) = (t for t in tables if f'id = "{EXERCISE}"' in t and "kind" in t)
            assert tomllib.loads(text)["exercises"][0]["kind"] == "write"
        elif not (("ell `" in asked and EXERCISE in asked) or f"{MODULE}/" in asked):
            continue
        if language != "sh":
            count += len(text.strip().splitlines())
    assert 60 < count < MOST


def test_the_page_names_every_kind() -> None:
    named = re.findall(r"^\| `(\w+)` \|", DOC, re.M)
    assert named == list(KINDS)


def test_files_that_the_page_points_to_are_there() -> None:
    made = (f"solutions/{MODULE}", "solutions/misconceptions.toml")
    for name in re.findall(r"`((?:solutions|tests|docs)/[\w./]+\.\w+)`", DOC):
        assert name.startswith(made) or (REPO / name).exists(), name
