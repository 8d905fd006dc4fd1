"""CPU time of another process and all it started, metered from outside."""

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from coursekit.grading.sandbox import processes

PROC = Path("/proc")


def cpu_seconds(pid: int) -> float:
    """CPU seconds used by a process, all that live with it, and children that ended.

    To the nanosecond on Linux (children that ended: to the hundredth of a second).
    """
    return processes.cpu_ns(processes.tree(_oldest(pid))) / 1e9


def _oldest(pid: int) -> int:
    """The first process of a sandbox, whose child is what lost its parent, else `pid`.

    It has as many process numbers as `pid`: one more than we at least.
    """
    if not sys.platform.startswith("linux"):
        return pid
    depth = _numbers(pid)
    while depth > _numbers(os.getpid()) and _numbers(above := _parent(pid)) == depth:
        pid = above
    return pid


def _numbers(pid: int) -> int:
    """How many process numbers a process has: one for each namespace it is in."""
    return len(_status(pid, "NSpid"))


def _parent(pid: int) -> int:
    return int((_status(pid, "PPid") or ["0"])[0])


def _status(pid: int, name: str) -> list[str]:
    with contextlib.suppress(OSError):
        for line in (PROC / str(pid) / "status").read_text().splitlines():
            if line.startswith(f"{name}:"):
                return line.split()[1:]
    return []


@contextlib.contextmanager
def pin(pid: int) -> Iterator[None]:
    """Keep this process and `pid` on one core: cores differ, and so would a ratio."""
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    old: dict[int, set[int]] = {}
    for each in (0, pid):
        with contextlib.suppress(OSError):
            old[each] = os.sched_getaffinity(each)
    # graders side by side should not all choose the same one
    core = {sorted(old[0])[pid % len(old[0])]} if 0 in old else set()
    try:
        for each in old:
            with contextlib.suppress(OSError):
                os.sched_setaffinity(each, core)
        yield
    finally:
        for each, cores in old.items():
            with contextlib.suppress(OSError):
                os.sched_setaffinity(each, cores)
