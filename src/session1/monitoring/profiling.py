"""Where the time goes: cProfile around one call, its rows as data and as text."""

import cProfile
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from session1.monitoring import recorder
from session1.monitoring.recorder import recorded
from session1.table import table

By = Literal["cumulative", "own"]


@dataclass(frozen=True, slots=True)
class Row:
    """One function: its calls, seconds of its own, and with all that it called."""

    function: str
    file: str
    line: int
    calls: int
    own: float
    cumulative: float

    @property
    def where(self) -> str:
        """File and line in brief, "built in" for what is written in C."""
        return f"{Path(self.file).name}:{self.line}" if self.line else "built in"


@dataclass(frozen=True, slots=True)
class Profile:
    """The functions that ran, and the seconds of it all; `by_*` are sorted."""

    rows: tuple[Row, ...]
    seconds: float

    def top(self, count: int = 20, by: By = "cumulative") -> list[Row]:
        """The `count` functions that took longest."""
        return sorted(self.rows, key=lambda r: getattr(r, by), reverse=True)[:count]

    def text(self, count: int = 20, by: By = "cumulative") -> str:
        """The same as a table."""
        head = ["function", "where", "calls", "own ms", "with callees ms"]
        lines = [
            [
                row.function,
                row.where,
                f"{row.calls:,}",
                f"{1e3 * row.own:,.2f}",
                f"{1e3 * row.cumulative:,.2f}",
            ]
            for row in self.top(count, by)
        ]
        return table(head, lines)

    def __str__(self) -> str:
        return self.text()


def profile_function(func: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
    """Call `func` and return its result and a `Profile`; the profiler slows it down.

    Generators are read to their end. For an async function `await` what this returns;
    whatever else its event loop runs meanwhile is in the profile too, with its waiting.
    Profiles may be nested: the outer one has the rows of the inner. To keep the
    profile of a call that fails use `with Profiler() as profiler`. RuntimeError if
    another profiler, or one in another thread, is running.
    """
    return recorded(Profiler(), func, args, kwargs)


class Profiler:
    """Profiles its `with` block; then `result` is the `Profile`, errors or not."""

    def __init__(self) -> None:
        self._profile = cProfile.Profile()
        self._inner: list[cProfile.Profile] = []
        self._began = self._seconds = 0.0

    def __enter__(self) -> "Profiler":
        self._began = time.perf_counter()
        _RUNNING.push(self)
        return self

    def __exit__(self, *error: object) -> None:
        _RUNNING.remove(self)
        self._seconds = time.perf_counter() - self._began

    def pause(self) -> None:
        """Stop counting for a while."""
        self._profile.disable()

    def go_on(self) -> None:
        """Count again; RuntimeError if another profiler is at it."""
        # Python 3.12 refuses a second profiler, 3.11 would drop the first in silence.
        if sys.getprofile() is not None:
            raise RuntimeError(_BUSY)
        try:
            self._profile.enable()
        except ValueError as e:
            raise RuntimeError(_BUSY) from e

    def take_in(self, inner: "Profiler") -> None:
        """Add what ran while this one was paused."""
        self._inner += [inner._profile, *inner._inner]

    @property
    def result(self) -> Profile:
        """The profiled call."""
        figures: dict[tuple[str, int, str], list[float]] = {}
        for profile in [self._profile, *self._inner]:
            profile.snapshot_stats()  # which disturbs no other
            for key, found in profile.stats.items():
                sums = figures.setdefault(key, [0, 0.0, 0.0])
                for at, figure in enumerate(found[1:4]):
                    sums[at] += figure
        rows = (
            Row(_name(name, file), file, line, int(calls), own, cumulative)
            for (file, line, name), (calls, own, cumulative) in figures.items()
            if file not in _OURS and "_lsprof.Profiler" not in name
        )
        return Profile(tuple(rows), self._seconds)


class _Running:
    """The profilers at work, the innermost last: Python has room for one at a time."""

    def __init__(self) -> None:
        self._stack: list[Profiler] = []
        self._thread = 0
        self._lock = threading.Lock()

    def push(self, profiler: Profiler) -> None:
        """Start `profiler`, pausing the one around it."""
        with self._lock:
            if self._stack and self._thread != threading.get_ident():
                raise RuntimeError("another thread is profiled: do one at a time")
            if self._stack:
                self._stack[-1].pause()
            self._stack.append(profiler)
            self._thread = threading.get_ident()
        try:
            profiler.go_on()  # last, so that it sees none of this
        except RuntimeError:
            self._stack.remove(profiler)
            raise

    def remove(self, profiler: Profiler) -> None:
        """Stop `profiler`; async ones may end in any order."""
        on_top = profiler is self._stack[-1]
        if on_top:  # else it is paused
            profiler.pause()
        with self._lock:
            at = self._stack.index(profiler)
            del self._stack[at]
            if at:
                self._stack[at - 1].take_in(profiler)
        if at and on_top:
            self._stack[-1].go_on()


_RUNNING = _Running()
_OURS = {__file__, recorder.__file__, cProfile.__file__}
_BUSY = "another profiler is running (%prun, cProfile, a debugger?): end it first"


def _name(name: str, file: str) -> str:
    """Built-in functions without the decoration that pstats gives them."""
    if file != "~":
        return name
    return name.removeprefix("<").removesuffix(">").removeprefix("built-in method ")
