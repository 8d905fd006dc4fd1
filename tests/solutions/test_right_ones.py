"""An accepted alternative passes the visible tests, too: nobody is told it is wrong."""

import shutil
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbformat import NotebookNode

from coursekit.notebook import grader, is_solution, is_test, up_to_last_test

ROOT = Path(__file__).parents[2]
MODULES = sorted(p.parent.name for p in ROOT.glob("solutions/*/module.toml"))


@pytest.mark.parametrize("name", MODULES)
def test_right_submissions_pass_what_learners_see(name: str, tmp_path: Path) -> None:
    home = ROOT / "solutions" / name
    source = nbformat.read(home / f"{name}.ipynb", 4)
    solved = {grader(c)["grade_id"]: c.source for c in source.cells if is_solution(c)}
    folder = shutil.copytree(ROOT / "course" / name, tmp_path / name)
    notebook = nbformat.read(folder / f"{name}.ipynb", 4)
    where = {"metadata": {"path": str(folder)}}
    client = NotebookClient(notebook, timeout=300, resources=where)
    since: list[NotebookNode] = []  # the code from an answer's cell to its tests
    refused = []

    def shown(answer: str) -> str:
        since[0].source = answer
        for cell in since:
            client.execute_cell(cell, notebook.cells.index(cell))
        return str(since[-1].outputs)

    with client.setup_kernel():
        for index, cell in enumerate(up_to_last_test(notebook)):
            if cell.cell_type != "code":
                continue
            if is_solution(cell):
                since = [cell]
                continue
            since.append(cell)
            if not is_test(cell):
                client.execute_cell(cell, index)
                continue
            exercise = grader(cell)["grade_id"].removeprefix("test_")
            for path in sorted((home / "bank" / exercise).glob("right_*.py")):
                tests = shown(path.read_text(encoding="utf-8"))
                if " passed." not in tests or "✗" in tests:
                    refused.append(f"{exercise}/{path.name}: {tests}")
            shown(solved[exercise])
    assert not refused
