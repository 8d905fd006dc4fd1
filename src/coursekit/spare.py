"""nbgrader preprocessor: of several cells with one id the last counts."""

from typing import Any

from nbformat import NotebookNode
from nbgrader.preprocessors import DeduplicateIds


class FreeSpareCells(DeduplicateIds):
    """Makes the other cells plain ones.

    nbgrader leaves them an empty mark, which it then takes for an old format: it stops,
    and the rest of the class goes ungraded.
    """

    def preprocess_cell(
        self, cell: NotebookNode, resources: dict[str, Any], cell_index: int
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Take the mark off."""
        cell, resources = super().preprocess_cell(cell, resources, cell_index)
        if cell.metadata.get("nbgrader") == {}:
            del cell.metadata["nbgrader"]
        return cell, resources
