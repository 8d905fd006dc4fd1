"""The error that an answer's cell ended in, as its output tells it."""

import re

from nbformat import NotebookNode

from coursekit.core.blanks import BARE, BLANK, STUB
from coursekit.core.notebook import grader


def cell_error(notebook: NotebookNode, name: str) -> str:
    """The error that the cell with grade_id `name` ended in, and its line.

    Empty when there was none, and for an answer not written yet.
    """
    cells = [c for c in notebook.cells if grader(c).get("grade_id") == name]
    found = [(c, o) for c in cells for o in c.outputs if o.output_type == "error"]
    if not found:
        return ""
    cell, error = found[-1]
    blank = error.ename == "NameError" and f"'{BLANK}'" in error.evalue
    line = _line(cell, "\n".join(error.traceback))
    stub = error.ename == "NotImplementedError" and (not line or STUB in line)
    if blank or stub:
        return ""
    message = re.sub(r" \([^()]*, line \d+\)$", "", error.evalue)[:200]
    said = f"Your cell ended in {error.ename}: {message}".removesuffix(": ")
    letters = rf": \w+ *= *{BARE}( *#.*)?$"
    bare = error.ename == "NameError" and re.search(letters, line)
    quotes = "; write the letters in quotes" if bare else ""
    return f"{said}, {line}{quotes}" if line else said


def _line(cell: NotebookNode, traceback: str) -> str:
    """The deepest line of the cell that IPython's traceback names."""
    plain = re.sub(r"\x1b\[[0-9;]*m", "", traceback)
    found = re.findall(rf"Cell In\[{cell.execution_count}\], line (\d+)", plain)
    lines = cell.source.splitlines()
    if not found or not 0 < (number := int(found[-1])) <= len(lines):
        return ""
    return f"at your line {number}: {lines[number - 1].strip()}"
