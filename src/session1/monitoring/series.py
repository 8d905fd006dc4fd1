"""One series of values, recorded by many threads at little cost."""

import struct
import threading
from collections.abc import Callable
from typing import Any

import numpy as np

from session1.limits import number
from session1.monitoring.histogram import LIMIT, Histogram
from session1.monitoring.window import Window

FULL = 1024  # a time and a value each: 512 records wait to be counted up
PERCENTS = (50, 90, 95, 99)


class Series:
    """Values and how many came in a second; safe to share between threads.

    Recording appends to a list and takes no lock. Who finds the list full counts it
    up, unless another thread is at it; who asks for figures does so too.
    `took(began)` records the seconds since `began`, 0 if the clock stepped back.
    """

    __slots__ = ("_add", "_clock", "_histogram", "_lock", "_pending", "_window", "took")

    def __init__(self, clock: Callable[[], float], window: Window) -> None:
        self._clock = clock
        self._window = window
        self._histogram = Histogram()
        self._pending: list[float] = []
        self._lock = threading.Lock()
        self._add, self.took = _writers(clock, self._pending, self._tidy)

    def record(self, value: float) -> None:
        """Count one value from 0 to 2**50; TypeError or ValueError if it is none."""
        if type(value) is not float:
            value = float(number("value", value))
        if not 0.0 <= value <= LIMIT:
            raise ValueError(
                f"a metric takes values from 0 to 2**50, not {value}: "
                "for what can be negative record its size, and its sign as a tag"
            )
        self._add(self._clock(), value)

    def spent(self, seconds: float) -> None:
        """Record seconds that were added up; 0 if the clock stepped back."""
        self._add(self._clock(), seconds)

    def __len__(self) -> int:
        with self._lock:
            self._count()
            return len(self._histogram)

    def rate(self) -> float | None:
        """How many came in a second, over the window; None if no time has passed."""
        with self._lock:
            self._count()
            return self._window.rate(self._clock())

    def add_to(self, histogram: Histogram) -> None:
        """Add all values to `histogram`."""
        with self._lock:
            self._count()
            histogram.merge(self._histogram)

    def histogram(self) -> Histogram:
        """A copy of what was counted."""
        copy = Histogram()
        self.add_to(copy)
        return copy

    def figures(self) -> dict[str, Any]:
        """Count, throughput, sum, mean, extremes and percentiles as plain numbers."""
        return {**distribution(self.histogram()), "per_second": self.rate()}

    def _tidy(self) -> None:
        # Never waits: a signal handler may record while its own thread counts up.
        if self._lock.acquire(blocking=False):
            try:
                self._count()
            finally:
                self._lock.release()

    def _count(self) -> None:
        """Count up what is pending; the lock is held."""
        batch = self._pending[:]
        if not batch:
            return
        del self._pending[: len(batch)]  # others may have appended behind it
        numbers = np.frombuffer(struct.pack(f"{len(batch)}d", *batch))
        self._window.add(numbers[::2])
        self._histogram.extend(np.clip(numbers[1::2], 0.0, LIMIT))


def _writers(
    clock: Callable[[], float], pending: list[float], tidy: Callable[[], None]
) -> tuple[Callable[[float, float], None], Callable[[float], None]]:
    """Return two functions: append a time and a value, append the seconds since a time.

    Functions with what they need at hand: they are on the path of every call.
    """
    extend = pending.extend  # both at once, so that no thread comes between

    def add(now: float, value: float) -> None:
        extend((now, value))
        if len(pending) >= FULL:
            tidy()

    def took(began: float) -> None:
        now = clock()
        extend((now, now - began))
        if len(pending) >= FULL:
            tidy()

    return add, took


def distribution(values: Histogram) -> dict[str, Any]:
    """Count, sum, mean, extremes and percentiles; None for what no values have."""
    names = [f"p{p}" for p in PERCENTS]
    if not len(values):
        return {"count": 0, "sum": 0.0} | dict.fromkeys(["mean", "min", "max", *names])
    return {
        "count": len(values),
        "sum": values.total,
        "mean": values.mean,
        "min": values.min,
        "max": values.max,
        **dict(zip(names, values.percentiles(*PERCENTS), strict=True)),
    }
