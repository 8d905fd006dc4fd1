"""Usage of a kernel and all it started: processor time, memory, processes."""

import contextlib
import os
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

import psutil

_LINUX = sys.platform.startswith("linux")
_PROC = Path("/proc")
_TICK = 1_000_000_000 // os.sysconf("SC_CLK_TCK")
_GONE = (OSError, psutil.Error, IndexError, ValueError)  # processes end at any moment


def tree(pid: int) -> list[int]:
    """`pid`, then its descendants that live now."""
    found: list[int] = []
    todo = [pid]
    while todo:
        found.append(pid := todo.pop())
        todo.extend(_children(pid))
    return found


def _children(pid: int) -> Iterator[int]:
    with contextlib.suppress(*_GONE):
        if not _LINUX:
            yield from (child.pid for child in psutil.Process(pid).children())
            return
        for task in (_PROC / str(pid) / "task").iterdir():
            with contextlib.suppress(OSError):
                yield from map(int, (task / "children").read_text().split())


def cpu_ns(pids: Iterable[int]) -> int:
    """Nanoseconds of processor time of these processes and of children they reaped."""
    return sum(map(_cpu, pids))


def _cpu(pid: int) -> int:
    with contextlib.suppress(*_GONE):
        if not _LINUX:
            return int(1e9 * sum(psutil.Process(pid).cpu_times()[:4]))
        words = (_PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
        reaped = int(words[13]) + int(words[14])  # cutime and cstime, in ticks
        return time.clock_gettime_ns((~pid << 3) | 2) + reaped * _TICK
    return 0


def hold_more(pids: Iterable[int], most: int) -> bool:
    """Whether they hold more bytes than `most`: shared pages count once, as `memory`.

    To see what is shared takes a walk over all pages, so it is not looked at where the
    kernel's own counters, which may be a little behind, are far from `most`.
    """
    found = list(pids)
    return sum(map(_resident, found)) > most // 2 and memory(found) > most


def _resident(pid: int) -> int:
    """Bytes in memory, shared ones included."""
    with contextlib.suppress(*_GONE):
        return int(psutil.Process(pid).memory_info().rss)
    return 0


def memory(pids: Iterable[int]) -> int:
    """Bytes of memory they hold; on Linux shared pages count once (PSS)."""
    return sum(map(_memory, pids))


def _memory(pid: int) -> int:
    with contextlib.suppress(*_GONE):
        if not _LINUX:
            return _resident(pid)
        for line in (_PROC / str(pid) / "smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    return 0


def threads(pids: Iterable[int]) -> int:
    """How many threads they have together, at least one each."""
    return sum(map(_threads, pids))


def _threads(pid: int) -> int:
    with contextlib.suppress(*_GONE):
        if not _LINUX:
            return int(psutil.Process(pid).num_threads())
        return sum(1 for _ in (_PROC / str(pid) / "task").iterdir())
    return 0


def size(folder: Path) -> int:
    """Bytes of the files right in a folder, 4 kB for each besides."""
    with contextlib.suppress(OSError):
        found = [e.stat(follow_symlinks=False).st_size for e in os.scandir(folder)]
        return sum(found) + 4096 * len(found)
    return 0
