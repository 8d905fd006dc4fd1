"""A process's use of its machine: CPU, memory, waiting for disks."""

import os
import threading
import time
from collections.abc import Callable
from typing import Any

import psutil

APART = 0.1  # seconds between two readings; CPU clocks tick too coarsely for less


class Resources:
    """CPU and memory of a process (this one, unless `pid` is given).

    Shares are of the whole machine, from 0 to 1. CPU and I/O wait are those since
    the reading before, so they are None until 0.1 s have passed, and I/O wait is None
    where the system does not tell it (macOS). `clock` runs on wall time.
    """

    def __init__(
        self, pid: int | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        try:
            self._process = psutil.Process(pid)
        except psutil.NoSuchProcess as e:
            raise ValueError(f"there is no process {pid}: it may have ended") from e
        self._clock = clock
        self._lock = threading.Lock()
        self._at, self._before = clock(), self._process.cpu_times()
        self._shares: dict[str, float | None] = {"cpu": None, "io_wait": None}

    def read(self) -> dict[str, Any]:
        """`cpu`, `memory` and `io_wait` as shares, `rss_bytes`, `cores`, `pid`."""
        with self._lock:
            shares = dict(self._read_shares())
        rss = self._process.memory_info().rss
        total = psutil.virtual_memory().total
        return {
            **shares,
            "memory": min(rss / total, 1.0),
            "rss_bytes": rss,
            "cores": cores(),
            "pid": self._process.pid,
        }

    def _read_shares(self) -> dict[str, float | None]:
        now, times = self._clock(), self._process.cpu_times()
        passed = now - self._at
        if passed < 0:  # the clock stepped back: begin again
            self._at, self._before = now, times
        if passed >= APART:
            before, room = self._before, passed * cores()
            busy = times.user + times.system - before.user - before.system
            waited = getattr(times, "iowait", None)
            self._shares = {
                "cpu": _share(busy / room),
                "io_wait": None
                if waited is None
                else _share((waited - before.iowait) / passed),
            }
            self._at, self._before = now, times
        return self._shares


def _share(value: float) -> float:
    """Within 0 and 1, which coarse clocks overstep."""
    return min(max(value, 0.0), 1.0)


def cores() -> int:
    """How many CPUs this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
