"""Whether an answer is still as it was handed out."""

from nbformat.v4 import new_code_cell

from coursekit.core.notebook import Cell


def as_it_came(cell: Cell) -> bool:
    """Whether an answer is still what was handed out; tells without the stubs too."""
    from nbgrader.utils import compute_checksum

    marks = {"grade": False, "grade_id": cell.grade_id, "solution": True}
    shipped = new_code_cell(cell.text, metadata={"nbgrader": marks})
    return cell.checksum == compute_checksum(shipped)
