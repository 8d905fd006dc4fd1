"""A running kernel as its grader sees it: alive or not, its usage, why it ended."""

import abc
import contextlib
import time
from collections.abc import Iterator
from pathlib import Path

from coursekit.sandbox import processes
from coursekit.sandbox.limits import Limits

# in a reply's payloads, the first as `exit()` puts it there
ASKED_TO_END, LEFT_AT_WORK = "ask_exit", "left_at_work"
CHANGED = "changed"  # in every reply, with what the code changed for all cells


class StartFailed(RuntimeError):
    """A kernel could not be started; the message says why."""


class Kernel(abc.ABC):
    """One learner's kernel.

    `pid` is its process on this machine, `folder` is shared with it under the same
    path: sockets lie there. `why` says which limit ended it, or is empty.
    """

    pid = 0
    why = ""
    returncode: int | None = None
    judge = 0  # the process whose work for this kernel counts as the cell's
    misses = 0  # looks of the watchdog that failed, in a row

    def __init__(self, folder: Path, limits: Limits) -> None:
        self.folder, self.limits, self.started = folder, limits, time.monotonic()
        self.cell_start: tuple[float, int] | None = None

    @abc.abstractmethod
    def pids(self) -> list[int]:
        """The ids of all its live processes on this machine."""

    @abc.abstractmethod
    def interrupt(self) -> None:
        """Interrupt what runs in it, like Ctrl-C."""

    @abc.abstractmethod
    def kill(self, why: str = "") -> None:
        """End it with everything it started; the first reason given stays."""

    @abc.abstractmethod
    def poll(self) -> int | None:
        """None while it lives, then its exit code."""

    @abc.abstractmethod
    def wait(self, timeout: float | None = None) -> int:
        """Wait for its exit code; subprocess.TimeoutExpired while it lives."""

    @abc.abstractmethod
    def close(self) -> None:
        """Kill it and release the grader's resources for it."""

    def cpu_ns(self) -> int:
        """Processor time so far of all its processes, in nanoseconds."""
        return processes.cpu_ns(self.pids())

    def judge_ns(self) -> int:
        """Processor time of its judge, to whom learner code can give work."""
        return processes.cpu_ns([self.judge] if self.judge else [])

    @contextlib.contextmanager
    def cell(self) -> Iterator[None]:
        """While one cell runs: its own limits of time count from here."""
        self.cell_start = time.monotonic(), self.cpu_ns() + self.judge_ns()
        try:
            yield
        finally:
            self.cell_start = None
