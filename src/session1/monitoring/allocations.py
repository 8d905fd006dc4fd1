"""Measure one call's allocations: peak bytes, and the lines behind it (tracemalloc).

tracemalloc counts what Python allocates, exactly, and makes code about ten times
slower. What C libraries take past Python's allocator it does not see.
"""

import linecache
import sys
import tracemalloc
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

from session1.monitoring import recorder
from session1.monitoring.recorder import recorded
from session1.table import table

GROWTH = 1.5  # look again once this many times as much is held as at the last look
FIRST = 4 * 1024  # bytes at which to look first


@dataclass(frozen=True, slots=True)
class Line:
    """Bytes and blocks that one line had allocated and that were still held."""

    file: str
    line: int
    bytes: int
    blocks: int

    @property
    def where(self) -> str:
        """File and line in brief."""
        return f"{Path(self.file).name}:{self.line}"

    @property
    def source(self) -> str:
        """The line itself."""
        return linecache.getline(self.file, self.line).strip()


@dataclass(frozen=True, slots=True)
class Allocations:
    """Bytes above those held before: the peak, and what was left at the end.

    `lines` are those that held most when it was last looked, at `seen_bytes`: within
    a third of the peak, unless that came and went within one built-in function.
    """

    peak_bytes: int
    left_bytes: int
    seen_bytes: int
    lines: tuple[Line, ...]

    def text(self, count: int = 10) -> str:
        """The peak and the top lines as a table."""
        rows = [
            [line.source[:50], line.where, _size(line.bytes), f"{line.blocks:,}"]
            for line in self.lines[:count]
        ]
        head = f"peak {_size(self.peak_bytes)}, left {_size(self.left_bytes)}"
        return f"{head}\n{table(['line', 'where', 'holds', 'blocks'], rows)}"

    def __str__(self) -> str:
        return self.text()


def peak_allocations(func: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
    """Call `func` and return its result and its `Allocations`.

    Generators are read to their end; for an async function `await` what this returns.
    What other threads allocate meanwhile is counted, too. RuntimeError if a profiler
    is running.
    """
    return recorded(Allocating(), func, args, kwargs)


class Allocating:
    """Follows allocations in its `with` block; `result` says what there were."""

    def __init__(self) -> None:
        self._was_on = False
        self._base = self._peak = self._left = self._seen = 0
        self._next = FIRST
        self._before: tracemalloc.Snapshot | None = None
        self._fullest: tracemalloc.Snapshot | None = None

    def __enter__(self) -> "Allocating":
        if sys.getprofile() is not None:
            raise RuntimeError(
                "a profiler is running: measure time and memory in separate runs"
            )
        self._was_on = tracemalloc.is_tracing()
        if not self._was_on:
            tracemalloc.start()
        self._before = tracemalloc.take_snapshot()
        tracemalloc.reset_peak()
        self._base, _ = tracemalloc.get_traced_memory()
        # Only when a function returns is all that it held still there and known.
        sys.setprofile(self._look)
        return self

    def __exit__(self, *error: object) -> None:
        sys.setprofile(None)
        held, peak = tracemalloc.get_traced_memory()
        self._left, self._peak = held - self._base, max(self._peak, peak)
        if self._left > self._seen:
            self._take(self._left)
        if not self._was_on:
            tracemalloc.stop()

    @property
    def result(self) -> Allocations:
        """The peak, what is left, and the lines that held most."""
        lines = []
        if self._fullest is not None and self._before is not None:
            for change in self._fullest.compare_to(self._before, "lineno"):
                frame = change.traceback[0]
                if change.size_diff > 0 and frame.filename not in _OURS:
                    line = Line(
                        frame.filename,
                        frame.lineno,
                        change.size_diff,
                        change.count_diff,
                    )
                    lines.append(line)
        lines.sort(key=lambda line: line.bytes, reverse=True)
        peak = max(self._peak - self._base, 0)
        return Allocations(peak, self._left, self._seen, tuple(lines))

    def _look(self, frame: FrameType, event: str, arg: object) -> None:
        held, peak = tracemalloc.get_traced_memory()
        held -= self._base
        if held >= self._next:
            self._peak = max(self._peak, peak)
            self._take(held)
            tracemalloc.reset_peak()

    def _take(self, held: int) -> None:
        self._fullest = None  # before the next one is made
        self._fullest = tracemalloc.take_snapshot()
        self._seen, self._next = held, int(held * GROWTH)


_OURS = {__file__, recorder.__file__, tracemalloc.__file__}


def _size(count: int) -> str:
    """Bytes in the unit that reads best."""
    for size, unit in ((2**20, "MB"), (2**10, "kB")):
        if abs(count) >= size:
            return f"{count / size:,.1f} {unit}"
    return f"{count} B"
