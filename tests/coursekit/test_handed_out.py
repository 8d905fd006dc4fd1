"""An answer that was never touched is known by nbgrader's checksum of it."""

import dataclasses
import json
from pathlib import Path

from nbformat.v4 import new_code_cell
from nbgrader.utils import compute_checksum

from coursekit.core.handed_out import as_it_came
from coursekit.core.notebook import Cell, read_cells

COURSE = Path(__file__).parents[2] / "course"


def test_every_released_answer_is_as_it_came_until_it_is_changed() -> None:
    seen = 0
    for path in COURSE.glob("*/*.ipynb"):
        for cell in read_cells(path):
            if cell.checksum and as_it_came(cell):
                seen += 1
                assert not as_it_came(dataclasses.replace(cell, text=cell.text + " "))
    answers = [
        cell["metadata"]["nbgrader"]
        for path in COURSE.glob("*/*.ipynb")
        for cell in json.loads(path.read_text())["cells"]
        if cell["cell_type"] == "code"  # for a text see `Exercise.written`
        and cell["metadata"].get("nbgrader", {}).get("solution")
    ]
    assert seen == len(answers) > 20


def test_the_checksum_is_nbgraders() -> None:
    marks = {"grade": False, "grade_id": "é_1", "solution": True, "locked": False}
    shipped = new_code_cell("x = 'ö'\n", metadata={"nbgrader": marks})
    cell = Cell("code", shipped.source, "é_1", checksum=compute_checksum(shipped))
    assert as_it_came(cell)
