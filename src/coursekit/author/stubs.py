"""nbgrader preprocessors of a release: stubs in, tests folded, the rest taken off."""

from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbgrader.preprocessors import NbGraderPreprocessor
from nbgrader.utils import is_grade, is_solution

from coursekit.core.module import FILE, read

KERNEL = {
    "display_name": "Python 3 (ipykernel)",
    "language": "python",
    "name": "python3",
}
CELL = ("nbgrader", "tags", "jupyter", "deletable", "editable")
FOLDED = ("source_hidden", "outputs_hidden")  # of a cell's `jupyter`
NBGRADER = (
    *("schema_version", "grade", "grade_id", "locked", "solution", "task", "points"),
    *("cell_type", "checksum"),
)


class Strip(NbGraderPreprocessor):
    """Takes off what a saved notebook carries along, seen or not.

    Saved widgets hold the quiz with its key; timings, attachments that nothing shows
    and metadata of extensions may hold anything. The kernel is everybody's Python.
    """

    def preprocess(
        self, nb: NotebookNode, resources: dict[str, Any]
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Strip the notebook, then its cells."""
        spec = nb.metadata.get("kernelspec") or {}
        known = spec.get("name") == KERNEL["name"]
        kernel = {k: spec.get(k, v) for k, v in KERNEL.items()} if known else KERNEL
        language = {"name": KERNEL["language"]}
        nb.metadata = NotebookNode(kernelspec=kernel, language_info=language)
        return super().preprocess(nb, resources)

    def preprocess_cell(
        self, cell: NotebookNode, resources: dict[str, Any], cell_index: int
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Keep what nbgrader, JupyterLab and the course read; fold a test cell."""
        meta = _only(cell.metadata, CELL)
        for name, keys in (("nbgrader", NBGRADER), ("jupyter", FOLDED)):
            if name in meta:
                meta[name] = _only(meta[name], keys)
        if is_grade(cell) and not is_solution(cell):
            # question, answer and verdict are next to each other
            meta.setdefault("jupyter", NotebookNode())["source_hidden"] = True
        cell.metadata = meta
        shown = {
            name: {kind: data for kind, data in parts.items() if _is_picture(kind)}
            for name, parts in cell.pop("attachments", {}).items()
            if f"attachment:{name}" in cell.source
        }
        if shown:
            cell.attachments = shown
        return cell, resources


def _only(table: NotebookNode, keys: tuple[str, ...]) -> NotebookNode:
    return NotebookNode({key: table[key] for key in table if key in keys})


def _is_picture(kind: str) -> bool:
    return kind.startswith("image/")


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
