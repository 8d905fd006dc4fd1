"""nbgrader preprocessor: an answer cell starts as its exercise's `stub`."""

from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbgrader.preprocessors import NbGraderPreprocessor
from nbgrader.utils import is_solution

from coursekit.module import FILE, read


class PutStubs(NbGraderPreprocessor):
    """Replaces answer cells whose exercise has a `stub` in module.toml.

    Exercises to complete or repair need more than nbgrader's one stub for all. It runs
    behind ClearSolutions, which has dealt with the other cells.
    """

    stubs: dict[str, str]

    def preprocess(
        self, nb: NotebookNode, resources: dict[str, Any]
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Read the stubs beside the notebook, then go through its cells."""
        path = Path(resources["metadata"]["path"]) / FILE
        rows = read(path).get("exercises", []) if path.is_file() else []
        self.stubs = {r["id"]: r["stub"].strip("\n") for r in rows if r.get("stub")}
        return super().preprocess(nb, resources)

    def preprocess_cell(
        self, cell: NotebookNode, resources: dict[str, Any], cell_index: int
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Put the stub in."""
        if is_solution(cell):
            name = cell.metadata.nbgrader.grade_id
            cell.source = self.stubs.get(name, cell.source)
        return cell, resources
