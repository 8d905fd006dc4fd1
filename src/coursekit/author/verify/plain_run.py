"""Run a source notebook's cells in this process, as a kernel would, without one."""

import ast
import asyncio
import gc
import inspect
import linecache
import os
import re
import sys
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

from nbformat import NotebookNode

from coursekit.author.forked import LostFork, call_forked
from coursekit.check.hidden_checks import run_check
from coursekit.core.module import Module
from coursekit.core.notebook import grader, is_solution, is_test, up_to_last_test

HIDDEN = re.compile(r"^### BEGIN HIDDEN TESTS$.*?^### END HIDDEN TESTS$", re.M | re.S)
Attempts = Mapping[str, Mapping[str, str]]  # exercise -> label -> answer cell's text


def run_attempts(
    notebook: NotebookNode,
    module: Module,
    attempts: Attempts,
    limit: float,
    jobs: int,
) -> dict[str, Any]:
    """Reports of attempts, errors and CPU seconds of cells. Needs a process of its own.

    At each answer cell the process is copied twice for every attempt at it, for the
    hidden check and for the visible tests; then the source's own solution is run and
    the next cells follow, up to the last one.
    """
    names = _become_main(module.folder)
    reports: dict[str, dict[str, Any]] = {}
    refused: dict[str, dict[str, Any]] = {}
    errors: dict[int, str] = {}
    seconds: dict[int, float] = {}
    for index, cell in enumerate(up_to_last_test(notebook)):
        if cell.cell_type != "code" or is_test(cell):
            continue
        exercise = grader(cell).get("grade_id", "")
        if is_solution(cell) and exercise in attempts:
            tries = attempts[exercise]
            hidden = partial(_hidden, module, exercise)
            work: list[Callable[[], Any]] = [
                partial(_attempt, notebook, index, text, names, exercise, finish)
                for finish in (hidden, _visible)
                for text in tries.values()
            ]
            found = [_plain(f) for f in call_forked(work, limit, jobs)]
            reports[exercise] = dict(zip(tries, found, strict=False))
            refused[exercise] = dict(zip(tries, found[len(tries) :], strict=True))
        began = time.process_time()
        error = run_cell(cell.source, names, f"cell {index}")
        seconds[index] = time.process_time() - began
        if error and "raises-exception" not in cell.metadata.get("tags", []):
            errors[index] = error
    return {
        "reports": reports,
        "refused": refused,
        "errors": errors,
        "seconds": seconds,
    }


def _plain(found: Any) -> Any:
    return {"lost": found.status} if isinstance(found, LostFork) else found


def _attempt(
    notebook: NotebookNode,
    start: int,
    text: str,
    names: dict[str, Any],
    exercise: str,
    finish: Callable[[dict[str, Any], str], Any],
) -> Any:
    """Let `finish` work on the names and the test cell.

    `text` has run in place of the answer cell at `start`.
    """
    gc.freeze()  # the tests look at what is newer only: half the time
    run_cell(text, names, "your answer")
    for index, cell in enumerate(notebook.cells[start + 1 :], start + 1):
        if grader(cell).get("grade_id") == f"test_{exercise}":
            return finish(names, cell.source)
        if cell.cell_type == "code" and not is_test(cell):
            run_cell(cell.source, names, f"cell {index}")
    return finish(names, "")


def _hidden(module: Module, exercise: str, names: dict[str, Any], _: str) -> Any:
    return run_check(module, exercise, names).to_json()


def _visible(names: dict[str, Any], test: str) -> str:
    """Why the visible tests do not pass; empty where they do."""
    os.environ["NBGRADER_EXECUTION"] = "validate"  # so that they raise
    return run_cell(HIDDEN.sub("", test), names, "the test")


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
    flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT

    async def run() -> None:  # in a notebook a loop runs, too
        waits = eval(compile(source, title, "exec", flags, dont_inherit=True), names)
        if inspect.isawaitable(waits):
            await waits

    try:
        asyncio.run(run())
    except (Exception, SystemExit) as error:
        return f"{type(error).__name__}: {error}"
    return ""


def without_magics(source: str) -> str:
    """Python only: IPython's % and ! lines become empty, a %% cell empty altogether."""
    if source.lstrip().startswith("%%"):
        return ""
    lines = source.splitlines()
    return "\n".join("" if x.startswith(("%", "!")) else x for x in lines)
