"""Run a source notebook's cells in this process, as a kernel would, without one."""

import ast
import asyncio
import inspect
import linecache
import os
import sys
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

from nbformat import NotebookNode

from coursekit.hidden import run_check
from coursekit.module import Module
from coursekit.notebook import grader, is_solution, is_test, up_to_last_test
from coursekit.verify.forked import Lost, call_forked

Attempts = Mapping[str, Mapping[str, str]]  # exercise -> label -> answer cell's text


def run_attempts(
    notebook: NotebookNode,
    module: Module,
    attempts: Attempts,
    seconds: float,
    jobs: int,
) -> dict[str, Any]:
    """Reports of every attempt, errors of the cells. Needs a process of its own.

    At each answer cell the process is copied for every attempt at it; then the
    source's own solution is run and the next cells follow, up to the last one.
    """
    names = _become_main(module.folder)
    reports: dict[str, dict[str, Any]] = {}
    errors: dict[int, str] = {}
    for index, cell in enumerate(up_to_last_test(notebook)):
        if cell.cell_type != "code" or is_test(cell):
            continue
        exercise = grader(cell).get("grade_id", "")
        if is_solution(cell) and exercise in attempts:
            tries = attempts[exercise]
            work: list[Callable[[], Any]] = [
                partial(_attempt, notebook, index, text, names, module, exercise)
                for text in tries.values()
            ]
            found = call_forked(work, seconds, jobs)
            reports[exercise] = dict(zip(tries, map(_plain, found), strict=True))
        error = run_cell(cell.source, names, f"cell {index}")
        if error and "raises-exception" not in cell.metadata.get("tags", []):
            errors[index] = error
    return {"reports": reports, "errors": errors}


def _plain(found: Any) -> Any:
    return {"lost": found.status} if isinstance(found, Lost) else found


def _attempt(
    notebook: NotebookNode,
    start: int,
    text: str,
    names: dict[str, Any],
    module: Module,
    exercise: str,
) -> dict[str, Any]:
    """The report on `text` in place of the answer cell at `start`."""
    run_cell(text, names, "your answer")
    for index, cell in enumerate(notebook.cells[start + 1 :], start + 1):
        if grader(cell).get("grade_id") == f"test_{exercise}":
            break
        if cell.cell_type == "code" and not is_test(cell):
            run_cell(cell.source, names, f"cell {index}")
    return run_check(module, exercise, names).to_json()


def _become_main(folder: Path) -> dict[str, Any]:
    """A fresh `__main__` in the module's folder; returns its names."""
    os.chdir(folder)
    sys.path.insert(0, str(folder))
    sys.dont_write_bytecode = True
    os.environ["MPLBACKEND"] = "agg"
    main = sys.modules["__main__"] = ModuleType("__main__")
    main.__dict__["display"] = lambda *shown, **how: None
    return main.__dict__


def run_cell(source: str, names: dict[str, Any], title: str) -> str:
    """Run a cell's Python; returns the error in words, empty when there was none."""
    source = without_magics(source)
    linecache.cache[title] = (len(source), None, source.splitlines(True), title)
    try:
        flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
        code = compile(source, title, "exec", flags=flags, dont_inherit=True)
        if code.co_flags & inspect.CO_COROUTINE:
            asyncio.run(eval(code, names))
        else:
            exec(code, names)
    except (Exception, SystemExit) as error:
        return f"{type(error).__name__}: {error}"
    return ""


def without_magics(source: str) -> str:
    """Python only: IPython's % and ! lines become empty, a %% cell empty altogether."""
    if source.lstrip().startswith("%%"):
        return ""
    lines = source.splitlines()
    return "\n".join("" if x.startswith(("%", "!")) else x for x in lines)
