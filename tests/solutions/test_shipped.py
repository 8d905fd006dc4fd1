"""Run All goes through a notebook as shipped: what is left to write is said so."""

import ast
import shutil
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

import coursekit
from coursekit.core.blanks import BLANK
from coursekit.core.course import Course
from coursekit.core.module import load

pytestmark = pytest.mark.slow

COURSE = Course(Path(__file__).parents[2])
LATER = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
STARTUP = Path(coursekit.__file__).parent / "jupyter" / "startup.py"


@pytest.mark.parametrize("name", COURSE.modules)
def test_what_runs_at_once_has_dots_instead_of_a_blank(name: str) -> None:
    for exercise in load(COURSE.source(name)).exercises:
        if exercise.kind == "report":
            continue  # a text, not code
        for line in ast.parse(exercise.stub).body:
            if not isinstance(line, LATER):
                assert BLANK not in ast.unparse(line), exercise.id


@pytest.mark.deep
@pytest.mark.parametrize("name", COURSE.modules)
def test_a_cell_that_cannot_run_yet_names_what_to_write(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONSTARTUP", str(STARTUP))
    folder = shutil.copytree(COURSE.release(name), tmp_path / name)
    notebook = nbformat.read(folder / f"{name}.ipynb", as_version=4)
    resources = {"metadata": {"path": str(folder)}}
    NotebookClient(
        notebook, timeout=120, allow_errors=True, resources=resources
    ).execute()
    for cell in notebook.cells:
        for output in cell.get("outputs", ()):
            if output.output_type == "error":
                assert "then run this cell again" in output.evalue, cell.id
