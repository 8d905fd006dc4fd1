"""Whether an answer is still as it was handed out."""

import hashlib

from coursekit.core.notebook import Cell


def as_it_came(cell: Cell) -> bool:
    """Whether an answer is still what was handed out; tells without the stubs too."""
    # nbgrader's checksum of a code cell with an answer: not graded, a solution, open
    shipped = f"{cell.text}codeFalseTrueFalse{cell.grade_id}"
    return cell.checksum == hashlib.md5(shipped.encode()).hexdigest()
