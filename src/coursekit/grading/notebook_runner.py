"""Run a rebuilt notebook, have its exercises judged, in as many kernels as needed."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from nbformat import NotebookNode

from coursekit.core.notebook import SHOWN, grader, is_test, is_theirs
from coursekit.core.report import Report
from coursekit.grading.kernel import Lost, NotebookKernel, kernel
from coursekit.grading.outcome import BROKEN
from coursekit.sandbox.limits import Limits

LATER = "It left something at work (a thread, a timer) that ended Python later."


class CellJudge(Protocol):
    """Grades an exercise on the names of a running kernel."""

    def attach(self, kernel: NotebookKernel) -> None:
        """A kernel has just started; no code of the learner's has run in it yet."""

    def grade(self, kernel: NotebookKernel, exercise: str, seconds: float) -> Report:
        """The report of an exercise; its status, or Lost, tells of a lost kernel."""


@dataclass
class Ran:
    """The results of a notebook's cells; indices of cells that ended their kernel."""

    reports: dict[str, Report] = field(default_factory=dict)
    ended: dict[int, tuple[str, str]] = field(default_factory=dict)
    asked: set[int] = field(default_factory=set)  # to end their kernel, which went on
    changed: dict[int, str] = field(default_factory=dict)  # at the cost of others
    left_out: list[str] = field(default_factory=list)  # files that do not fit
    kernels: int = 0
    seconds: dict[str, float] = field(default_factory=dict)
    out_of_time: bool = False

    def took(self, part: str, seconds: float) -> None:
        """Add to the time that a part took."""
        self.seconds[part] = self.seconds.get(part, 0.0) + seconds


@dataclass
class Trial:
    """Cells that left something at work or changed: others may pay for it."""

    at_work: set[int] = field(default_factory=set)
    changed: dict[int, str] = field(default_factory=dict)  # these cells, for all others
    accused: set[int] = field(default_factory=set)  # left out, to see who is to blame
    acquitted: set[int] = field(default_factory=set)
    of: int = -1  # the cell that is tried again without them
    lost: Report | None = None  # what it got with them

    def acquit(self) -> None:
        """Clear them of blame, for now and later."""
        self.acquitted |= self.accused
        self.at_work -= self.accused
        self.accused = set()


@dataclass
class Runner:
    """Runs the cells of one notebook in `folder`; see `run`."""

    notebook: NotebookNode
    folder: Path
    judge: CellJudge
    limits: Limits
    tick: Callable[[int], None] = lambda done: None
    clock: Callable[[], float] = time.monotonic
    redefined: Mapping[int, str] = field(default_factory=dict)  # by cells, by name

    def run(self) -> Ran:
        """Fill in the outputs and judge each test cell, which itself is never run.

        After a cell that ends its kernel a new one repeats the earlier cells (tests
        left out: their reports stand) and goes on behind it. Where earlier cells had
        left something at work, it is tried again without them: they may be to blame.
        So is an exercise that lost points after cells changed what others use.
        """
        self.ran, self.end = Ran(), self.clock() + self.limits.wall
        self.spoilt: set[int] = set()  # cells that are not repeated
        self.trial = Trial()
        start, count = 0, len(self.notebook.cells)
        while start < count and not self._late():
            lost = self._kernel(start)
            again = lost < count and self._again(lost)
            start = max(start, lost if again else lost + 1)
        self._convict()
        return self.ran

    def _again(self, lost: int) -> bool:
        """Whether to try a cell once more, without the suspects."""
        trial, name = self.trial, self._name(lost)
        if trial.accused and trial.of == lost:  # without them, too
            self.spoilt -= trial.accused
            trial.acquit()
            if trial.lost and trial.lost.score >= self._score(name):
                self.ran.reports[name] = trial.lost
            return False
        self._convict()
        report = self.ran.reports.get(name)
        ended = lost in self.ran.ended or (report and report.status in BROKEN)
        suspects = self._suspects(lost, bool(ended))
        if not suspects or self.ran.out_of_time:
            return False
        self.ran.ended.pop(lost, None)
        trial.lost = self.ran.reports.pop(name, None)
        self.spoilt -= {lost} | self._answer(name)
        self.spoilt |= suspects
        trial.of, trial.accused = lost, suspects
        return True

    def _suspects(self, index: int, ended: bool) -> set[int]:
        """Cells that may have cost another one its points, or its kernel."""
        found = set(self.trial.changed) | (self.trial.at_work if ended else set())
        own = {index} | self._answer(self._name(index))
        return found - self.trial.acquitted - self.spoilt - own

    def _doubted(self, index: int, report: Report) -> bool:
        """Whether an exercise lost points that it may get without other cells."""
        if report.score >= report.max:
            return False
        if self.trial.accused and self.trial.of == index:
            return report.score <= (self.trial.lost.score if self.trial.lost else -1)
        return bool(self._suspects(index, ended=False))

    def _score(self, name: str) -> float:
        return self.ran.reports[name].score if name in self.ran.reports else -1

    def _convict(self) -> None:
        """Cells without which all went better pay for what they left or changed."""
        accused, self.trial.accused = self.trial.accused, set()
        for index in accused - self.trial.at_work:
            self.ran.changed[index] = self.trial.changed[index]
        for index in accused & self.trial.at_work:
            if len(accused) == 1:  # the same score, however soon its kernel ended
                self.ran.reports.pop(self._name(index), None)
            self._ended(index, "crashed", LATER)

    def _kernel(self, start: int) -> int:
        """Run from `start` in one kernel; the index of the cell that ended it."""
        began = self.clock()
        with kernel(self.notebook, self.folder, self.limits) as client:
            self.judge.attach(client)
            self.ran.kernels += 1
            self.ran.took("kernel", self.clock() - began)
            for index, cell in enumerate(self.notebook.cells):
                if not self._wanted(index, cell, start):
                    continue
                if self._late() or not self._cell(client, index, cell):
                    return index
                self.tick(index + 1)
        return len(self.notebook.cells)

    def _late(self) -> bool:
        self.ran.out_of_time = self.clock() >= self.end
        return self.ran.out_of_time

    def _wanted(self, index: int, cell: NotebookNode, start: int) -> bool:
        if cell.cell_type != "code" or index in self.spoilt:
            return False
        if is_test(cell):
            return index >= start
        return SHOWN not in cell.metadata.get("tags", [])

    def _cell(self, client: NotebookKernel, index: int, cell: NotebookNode) -> bool:
        """Run or judge one cell; False when the kernel cannot be used any more."""
        began, test = self.clock(), is_test(cell)
        seconds = min(self.limits.cell_wall, self.end - began)
        try:
            if test:
                return self._judge(client, index, seconds)
            client.run(cell, index, seconds)
            self._left(client, {index})
        except Lost as lost:
            self._ended(index, lost.status, lost.why)
            return False
        finally:
            self.ran.took("judge" if test else "cells", self.clock() - began)
        return True

    def _ended(self, index: int, status: str, why: str) -> None:
        """Note that a cell ended its kernel; points its answer already has stay."""
        self.spoilt.add(index)
        if grader(self.notebook.cells[index]).get("grade_id") not in self.ran.reports:
            self.ran.ended[index] = status, why

    def _judge(self, client: NotebookKernel, index: int, seconds: float) -> bool:
        """Judge a test cell's exercise; a lost kernel is the answer's fault."""
        name = self._name(index)
        with client.box.cell():
            report = self.judge.grade(client, name, seconds)
        self.ran.reports[name] = report
        self._left(client, self._answer(name))
        if report.status == "tampered":
            self.spoilt |= self._answer(name)  # it would spoil the next kernel too
        lost = report.status in BROKEN or client.gone
        return not lost and not self._doubted(index, report)

    def _left(self, client: NotebookKernel, cells: set[int]) -> None:
        """Note what the last reply said of these cells."""
        if client.asked:
            self.ran.asked |= cells
        if client.at_work:
            self.trial.at_work |= cells - self.trial.acquitted
        for index in cells:
            changed = client.changed or self.redefined.get(index, "")
            if changed and is_theirs(self.notebook.cells[index]):
                self.trial.changed.setdefault(index, changed)

    def _name(self, index: int) -> str:
        """The exercise that a cell belongs to."""
        found = grader(self.notebook.cells[min(index, len(self.notebook.cells) - 1)])
        return str(found.get("grade_id", "")).removeprefix("test_")

    def _answer(self, name: str) -> set[int]:
        """The answer cells of an exercise."""
        cells = enumerate(self.notebook.cells)
        return {i for i, cell in cells if grader(cell).get("grade_id") == name}
