"""The reference's parts of `Monitor`; each stands in where yours is not there yet."""

import functools
import inspect
import math
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from session1.monitoring.histogram import Histogram as Reference
from session1.monitoring.kpi import Kpi

PARTS = {
    "track": "tracked",
    "bands": "verdict",
    "rate": "rate",
    "histogram": "Histogram",
}
Record = Callable[[str, float, bool], object]
Clock = Callable[[], float]
Function = Callable[..., Any]


def tracked(record: Record, clock: Clock) -> Callable[[Function], Function]:
    """Return a decorator that calls `record(name, seconds, ok)` once for each call."""

    @contextmanager
    def timing(name: str) -> Iterator[None]:
        began, ok = clock(), False
        try:
            yield
            ok = True
        finally:
            record(name, clock() - began, ok)

    def decorate(func: Function) -> Function:
        name = getattr(func, "__name__", "call")

        @functools.wraps(func)
        async def later(*args: Any, **kwargs: Any) -> Any:
            with timing(name):
                return await func(*args, **kwargs)

        @functools.wraps(func)
        def at_once(*args: Any, **kwargs: Any) -> Any:
            with timing(name):
                return func(*args, **kwargs)

        return later if inspect.iscoroutinefunction(func) else at_once

    return decorate


def verdict(value: float | None, target: float, excellent: float, action: float) -> str:
    """Return the band that `value` is in, by the reference's rows."""
    better: Any = "lower" if excellent < target else "higher"
    if value is not None and math.isnan(value):
        raise ValueError("not a number: give None for what was not measured")
    return Kpi("value", "", "s", better, target, excellent, action).verdict(value)


def rate(
    log: Iterable[tuple[float, bool]], ended: float, warm_up: float
) -> float | None:
    """Return successes a second after `warm_up`; None if no time is left."""
    window = ended - warm_up
    inside = [ok for at, ok in log if warm_up < at and not at > ended]
    return inside.count(True) / window if window > 0 else None


class Histogram:
    """The reference's histogram, with the names that the exercise asks for."""

    def __init__(self) -> None:
        self._all = Reference()

    def add(self, value: float) -> None:
        """Count one value."""
        self._all.record(value)

    def merge(self, other: "Histogram") -> None:
        """Add what `other` counted."""
        self._all.merge(other._all)

    def percentile(self, percent: float) -> float | None:
        """Return the value at that nearest rank; None when there is none."""
        return self._all.percentile(percent) if len(self._all) else None
