"""Run a rebuilt notebook, have its exercises judged, in as many kernels as needed."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode

from coursekit.grading.kernel import Kernel, kernel
from coursekit.grading.limits import Limits
from coursekit.grading.outcome import BROKEN
from coursekit.notebook import grader, is_test
from coursekit.report import Report

SHOWN = "shown"  # the tag of cells that only show something: not run when grading


class Judge(Protocol):
    """What grades an exercise on the names of a running kernel."""

    def attach(self, kernel: Kernel) -> None:
        """A kernel has just started; no code of the learner's has run in it yet."""

    def grade(self, kernel: Kernel, exercise: str, seconds: float) -> Report:
        """The report of an exercise; its status tells when the kernel was lost."""


@dataclass
class Ran:
    """What came of a notebook's cells; indices of cells that ended their kernel."""

    reports: dict[str, Report] = field(default_factory=dict)
    ended: dict[int, tuple[str, str]] = field(default_factory=dict)
    kernels: int = 0
    seconds: dict[str, float] = field(default_factory=dict)
    out_of_time: bool = False

    def took(self, part: str, seconds: float) -> None:
        """Add to the time of a part."""
        self.seconds[part] = self.seconds.get(part, 0.0) + seconds


@dataclass
class Runner:
    """Runs the cells of one notebook in `folder`; see `run`."""

    notebook: NotebookNode
    folder: Path
    judge: Judge
    limits: Limits
    env: Mapping[str, str]
    tick: Callable[[int], None] = lambda done: None
    clock: Callable[[], float] = time.monotonic

    def run(self) -> Ran:
        """Fill in the outputs and judge each test cell, which itself is never run.

        After a cell that ends its kernel a new one repeats the earlier cells (tests
        left out: their reports stand) and goes on behind it.
        """
        self.ran, self.end = Ran(), self.clock() + self.limits.notebook
        start, count = 0, len(self.notebook.cells)
        while start < count and not self.ran.out_of_time:
            stop = self._kernel(start)
            start = max(start, stop + 1)
        return self.ran

    def _kernel(self, start: int) -> int:
        """Run from `start` in one kernel; the index of the cell that ended it."""
        began = self.clock()
        seconds = self.limits.cell
        with kernel(self.notebook, self.folder, seconds, self.env) as client:
            self.judge.attach(client)
            self.ran.kernels += 1
            self.ran.took("kernel", self.clock() - began)
            for index, cell in enumerate(self.notebook.cells):
                if not self._wanted(index, cell, start):
                    continue
                left = self.end - self.clock()
                self.ran.out_of_time = left <= 0
                if self.ran.out_of_time or not self._cell(client, index, cell, left):
                    return index
                self.tick(index + 1)
        return len(self.notebook.cells)

    def _wanted(self, index: int, cell: NotebookNode, start: int) -> bool:
        if cell.cell_type != "code" or index in self.ran.ended:
            return False
        if is_test(cell):
            return index >= start
        return SHOWN not in cell.metadata.get("tags", [])

    def _cell(
        self, client: Kernel, index: int, cell: NotebookNode, left: float
    ) -> bool:
        """Run or judge one cell; False when the kernel cannot be used any more."""
        began, part = self.clock(), "judge" if is_test(cell) else "cells"
        client.begin()
        seconds = max(1, round(min(self.limits.cell, left)))
        client.timeout = seconds
        try:
            if is_test(cell):
                return self._judge(client, cell, seconds)
            client.execute_cell(cell, index)
        except CellTimeoutError:
            self.ran.ended[index] = "timed out", ""
        except DeadKernelError:
            self.ran.ended[index] = "crashed", ""
        finally:
            self.ran.took(part, self.clock() - began)
        return index not in self.ran.ended

    def _judge(self, client: Kernel, cell: NotebookNode, seconds: int) -> bool:
        name = str(grader(cell).get("grade_id")).removeprefix("test_")
        report = self.judge.grade(client, name, seconds)
        self.ran.reports[name] = report
        return report.status not in BROKEN
