"""Cells tagged `shown` are not run when grading: nothing that is run needs them."""

import builtins
import dis
from pathlib import Path
from types import CodeType

import pytest
from nbformat import NotebookNode

from coursekit.author.verify.plain_run import without_magics
from coursekit.core.course import Course
from coursekit.core.notebook import is_solution, is_test, read_source
from coursekit.grading.notebook_runner import SHOWN

COURSE = Course(Path(__file__).parents[2])


def names(cell: NotebookNode) -> tuple[set[str], set[str]]:
    """The names of the notebook that a cell binds and reads."""
    bound: set[str] = set()
    read: set[str] = set()
    codes: list[tuple[CodeType, bool]] = [
        (compile(without_magics(cell.source), "cell", "exec", FLAGS), True)
    ]
    for code, top in codes:
        codes += [(c, False) for c in code.co_consts if isinstance(c, CodeType)]
        for step in dis.get_instructions(code):
            if step.opname in ("STORE_NAME", "STORE_GLOBAL") and top:
                bound.add(step.argval)
            if step.opname in ("LOAD_NAME", "LOAD_GLOBAL"):
                read.add(step.argval)
    return bound, read - set(dir(builtins))


FLAGS = 0x2000  # ast.PyCF_ALLOW_TOP_LEVEL_AWAIT


@pytest.mark.parametrize("module", COURSE.modules)
def test_nothing_that_is_run_needs_a_cell_that_only_shows(module: str) -> None:
    source = read_source(COURSE.source(module) / f"{module}.ipynb")
    code = [c for c in source.cells if c.cell_type == "code" and not is_test(c)]
    shown = [c for c in code if SHOWN in c.metadata.get("tags", [])]
    assert shown
    assert not any(is_solution(c) for c in shown)
    needed: set[str] = set()
    for cell in code:
        if cell not in shown:
            needed |= names(cell)[1]
    own = set().union(*(names(c)[0] for c in code if c not in shown))
    for cell in shown:
        lacking = (names(cell)[0] & needed) - own
        assert not lacking, f"{cell.source[:60]!r} binds {lacking}, which others read"
