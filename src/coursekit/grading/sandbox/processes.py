"""What a kernel and all it started use: processor time, memory, number of processes."""

import contextlib
import os
import time
from collections.abc import Iterator
from pathlib import Path

_PROC = Path("/proc")
_TICK = 1_000_000_000 // os.sysconf("SC_CLK_TCK")


def tree(pid: int) -> list[int]:
    """`pid` and its descendants that live now; Linux only."""
    found, todo = [], [pid]
    while todo:
        found.append(pid := todo.pop())
        todo.extend(_children(pid))
    return found


def _children(pid: int) -> Iterator[int]:
    with contextlib.suppress(OSError):
        for task in (_PROC / str(pid) / "task").iterdir():
            with contextlib.suppress(OSError):
                yield from map(int, (task / "children").read_text().split())


def cpu_ns(pids: list[int]) -> int:
    """Nanoseconds of processor time of these processes and of children they reaped."""
    return sum(map(_cpu, pids))


def _cpu(pid: int) -> int:
    own = reaped = 0
    with contextlib.suppress(OSError):  # it may have ended
        own = time.clock_gettime_ns((~pid << 3) | 2)
        words = (_PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
        reaped = int(words[13]) + int(words[14])  # cutime and cstime, in ticks
    return own + reaped * _TICK


def memory(pids: list[int]) -> int:
    """Bytes of memory they hold, shared pages counted once (PSS)."""
    return sum(map(_pss, pids))


def _pss(pid: int) -> int:
    with contextlib.suppress(OSError):
        for line in (_PROC / str(pid) / "smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    return 0


def threads(pids: list[int]) -> int:
    """How many processes and threads they are."""
    count = 0
    for pid in pids:
        with contextlib.suppress(OSError):
            count += sum(1 for _ in (_PROC / str(pid) / "task").iterdir())
    return count


def size(folder: Path) -> int:
    """Bytes of the files in a folder, 4 kB for each besides."""
    with contextlib.suppress(OSError):
        return sum(
            entry.stat(follow_symlinks=False).st_size + 4096
            for entry in os.scandir(folder)
        )
    return 0
