"""Run a notebook in fresh kernels: a dead or stuck cell costs itself, not the rest."""

import contextlib
import logging
import os
import re
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from nbclient import NotebookClient
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from traitlets.config import Config

from coursekit.blanks import BLANK
from coursekit.course import CourseError
from coursekit.notebook import grader, is_test

MAX_PRINTED = 1_000_000  # characters of output kept per cell


class _Client(NotebookClient):
    """Keeps results and a bounded amount of printed text."""

    kept = 0

    def output(
        self, outs: list[NotebookNode], msg: dict[str, Any], *args: Any
    ) -> NotebookNode | None:
        if msg["msg_type"] != "execute_result":
            self.kept += len(str(msg["content"]))
            if self.kept > MAX_PRINTED:
                return None
        return super().output(outs, msg, *args)


def execute(
    notebook: NotebookNode,
    folder: Path,
    *,
    seconds: float = 30,
    env: dict[str, str] | None = None,
    tick: Callable[[int], None] = lambda done: None,
) -> dict[int, str]:
    """Fill in the outputs; returns index of each cell that ended its kernel -> status.

    After such a cell a new kernel repeats the earlier ones (tests left out: their
    results stand) and goes on behind it. `tick` is told how many cells are done.
    """
    fatal: dict[int, str] = {}
    start, count = 0, len(notebook.cells)
    while start < count:
        stop, status = _run(notebook, folder, start, fatal, seconds, env, tick)
        if status:
            fatal[stop] = status
        start = max(start, stop + 1)
    return fatal


def _run(
    notebook: NotebookNode,
    folder: Path,
    start: int,
    fatal: dict[int, str],
    seconds: float,
    env: dict[str, str] | None,
    tick: Callable[[int], None],
) -> tuple[int, str]:
    """Run from `start` in one kernel: (last index, how it ended or an empty string)."""
    with _kernel(notebook, folder, seconds, env) as client:
        for index, cell in enumerate(notebook.cells):
            if index in fatal or (index < start and is_test(cell)):
                continue
            client.kept = 0
            try:
                client.execute_cell(cell, index)
            except CellTimeoutError:
                return index, "timed out"
            except DeadKernelError:
                return index, "crashed"
            tick(index + 1)
    return len(notebook.cells), ""


@contextlib.contextmanager
def _kernel(
    notebook: NotebookNode, folder: Path, seconds: float, env: dict[str, str] | None
) -> Iterator[_Client]:
    """A client with its kernel running in `folder`."""
    with tempfile.TemporaryDirectory(prefix="kernel-") as place:
        client = _Client(
            notebook,
            config=_private(Path(place)),
            timeout=seconds,
            interrupt_on_timeout=False,
            allow_errors=True,
            kernel_name="python3",
            shutdown_kernel="immediate",
            ipython_hist_file=":memory:",
            skip_cells_with_tag="",
            log=_silent(),
        )
        running = client.setup_kernel(cwd=str(folder), env=env or dict(os.environ))
        try:
            running.__enter__()
        except BaseException as error:
            _abandon(client)
            if not isinstance(error, Exception):
                raise
            raise CourseError(
                f"No Python kernel could be started ({error}): run `make setup`."
            ) from error
        with contextlib.ExitStack() as stack:
            stack.push(running.__exit__)
            yield client


def _abandon(client: _Client) -> None:
    """End a kernel that did not come up, Ctrl-C included: nothing else would."""
    process = getattr(getattr(client.km, "provisioner", None), "process", None)
    if process is not None:
        process.kill()
        process.wait()


def _private(place: Path) -> Config:
    """Sockets in a folder of our own: no ports to clash, nothing on the network."""
    config = Config()
    if os.name == "posix":
        config.KernelManager.transport = "ipc"
        config.KernelManager.connection_file = str(place / "kernel.json")
    return config


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
    if blank or error.ename == "NotImplementedError":
        return ""
    message = re.sub(r" \([^()]*, line \d+\)$", "", error.evalue)[:200]
    said = f"Your cell ended in {error.ename}: {message}"
    line = _line(cell, "\n".join(error.traceback))
    return f"{said}, {line}" if line else said


def _line(cell: NotebookNode, traceback: str) -> str:
    """The deepest line of the cell that IPython's traceback names."""
    plain = re.sub(r"\x1b\[[0-9;]*m", "", traceback)
    found = re.findall(rf"Cell In\[{cell.execution_count}\], line (\d+)", plain)
    lines = cell.source.splitlines()
    if not found or not 0 < (number := int(found[-1])) <= len(lines):
        return ""
    return f"at your line {number}: {lines[number - 1].strip()}"


def _silent() -> logging.Logger:
    """What went wrong is in the report: nothing of it goes to the terminal."""
    log = logging.Logger("kernel")
    log.addHandler(logging.NullHandler())
    return log
