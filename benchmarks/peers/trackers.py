"""Decorators that time a function: each takes it and gives back one that is timed.

`TRACKERS` maps a name to a decorator, which raises ImportError where it is missing.
"""

import time
from collections.abc import Callable
from typing import Any

Function = Callable[..., Any]


class NaiveMonitor:
    """Keeps every value with its tags and time, for ever."""

    def __init__(self) -> None:
        self.metrics: dict[str, list[dict[str, Any]]] = {}
        self.errors: list[dict[str, Any]] = []

    def record_metric(self, metric: str, value: float, tags: dict[str, str]) -> None:
        """Append it."""
        entry = {"value": value, "tags": tags, "time": time.time()}
        self.metrics.setdefault(metric, []).append(entry)

    def record_error(self, error: str, context: dict[str, str]) -> None:
        """Append it."""
        self.errors.append({"error": error, "context": context, "time": time.time()})


def naive(function: Function) -> Function:
    """The decorator that most people write first."""
    monitor = NaiveMonitor()

    def timed(*args: Any, **kwargs: Any) -> Any:
        start = time.time()
        try:
            result = function(*args, **kwargs)
            monitor.record_metric(
                metric="function_latency",
                value=time.time() - start,
                tags={"function": function.__name__},
            )
            return result
        except Exception as error:
            monitor.record_error(str(error), {"function": function.__name__})
            raise

    return timed


def prometheus(function: Function) -> Function:
    """prometheus_client's own, with the label looked up once."""
    from prometheus_client import CollectorRegistry, Histogram

    histogram = Histogram(
        "latency", "seconds", ["function"], registry=CollectorRegistry()
    )
    timed: Function = histogram.labels(function.__name__).time()(function)
    return timed


TRACKERS: dict[str, Callable[[Function], Function]] = {"prometheus_client": prometheus}
