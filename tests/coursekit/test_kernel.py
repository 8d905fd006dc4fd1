"""What `tests` and `grade` leave in a notebook's cells, with a real kernel."""

from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient
from nbgrader.utils import determine_grade
from nbgrader.validator import Validator

from coursekit.check.grader import MIME
from coursekit.core.report import Report

pytestmark = pytest.mark.slow

GOOD = """
import logging, sys, warnings
def total(items):
    print("adding"); print("noise", file=sys.stderr); logging.error("log")
    warnings.warn("careful")
    return sum(items)
"""
HALF = "def total(items):\n    if not items: raise ValueError('none')\n    return 6"
STUB = "def total(items):\n    raise NotImplementedError  # your code"
TESTS = """
with tests("total") as t:
    t.equal(total([]), 0, "nothing adds up to 0", look="what the loop starts from")
    t.equal(total([1, 2, 3]), 6, "three numbers")
"""
GRADE = 'from coursekit import grade; grade("total")'


def graded(source: str, points: float = 4) -> Any:
    cell = nbformat.v4.new_code_cell(source)
    facts = {"grade": True, "solution": False, "locked": True, "points": points}
    cell.metadata["nbgrader"] = {"grade_id": "t", "schema_version": 3, **facts}
    return cell


def run(*cells: Any) -> list[Any]:
    """Execute cells in the learner's folder; gives back the executed ones."""
    first = nbformat.v4.new_code_cell("from coursekit import tests")
    made = [c if isinstance(c, dict) else nbformat.v4.new_code_cell(c) for c in cells]
    book = nbformat.v4.new_notebook(cells=[first, *made])
    where = {"metadata": {"path": str(Path.cwd())}}
    NotebookClient(book, timeout=60, allow_errors=True, resources=where).execute()
    return book.cells[1:]


def text(cell: Any) -> str:
    """What a cell displayed, the score left out."""
    shown = [o for o in cell.outputs if o.output_type == "display_data"]
    return "\n".join(o.data["text/plain"] for o in shown)


def test_cells_read_by_nbgrader(course: Path) -> None:
    block = TESTS + GRADE
    boom = "def total(items): raise SystemExit"
    last = "undefined_yet = 1\ndel total"
    done = run(
        *(GOOD, graded(block), HALF, graded(block), STUB, graded(block)),
        *(boom, graded(block), last, graded(block)),
    )[1::2]
    assert [determine_grade(cell) for cell in done] == [
        *((4, 4), (0, 4), (0, 4), (0, 4), (0, 4))
    ]
    for cell in done:
        kinds = [o.output_type for o in cell.outputs]
        assert kinds == ["display_data", "stream", "execute_result"]
        assert cell.outputs[1].name == "stdout"
        report = Report.from_json(cell.outputs[2].data[MIME])
        assert cell.outputs[2].data["text/plain"] == repr(report.score)
        assert report.text().splitlines()[0] in cell.outputs[1].text
    assert "All 2 tests passed.\nWhy it works: One pass" in text(done[0])
    assert "careful" in text(done[0])
    assert "ValueError: none, at your line 2: if not items: raise" in text(done[1])
    assert "Not attempted yet: write your code" in text(done[2])
    assert "SystemExit, at your line 1" in text(done[3])
    assert "total is not defined: run the cell that defines it" in text(done[4])


def test_text_that_cannot_be_sent_loses_no_score(course: Path) -> None:
    odd = "def total(items):\n    print('\\udfff')\n    return '\\ud800'"
    cell = run(odd, graded(TESTS + GRADE))[1]
    assert determine_grade(cell) == (2, 4)  # it reads nothing
    assert "str" in text(cell)


def test_partial_credit_and_an_interrupt(course: Path) -> None:
    none = "def total(items):\n    return sum(items) if items else None"
    stop = "def total(items): raise KeyboardInterrupt"
    _, part, _, stopped = run(none, graded(GRADE), stop, graded(TESTS + GRADE))
    assert determine_grade(part) == (3, 4)
    assert determine_grade(stopped) == (0, 4)


@pytest.mark.parametrize(("source", "passes"), [(STUB, False), (GOOD, True)])
def test_validate_sees_what_fails(
    course: Path, source: str, passes: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    first = nbformat.v4.new_code_cell("from coursekit import tests")
    cells = [first, nbformat.v4.new_code_cell(source), graded(TESTS)]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), "book.ipynb")
    result = Validator().validate(str(Path.cwd() / "book.ipynb"))
    assert ("failed" not in result) is passes
    if not passes:
        assert "Not attempted yet" in result["failed"][0]["raw_error"]
        assert "Traceback" not in result["failed"][0]["raw_error"]
