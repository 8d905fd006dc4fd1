"""All that is measured about a running program, in one place and in flat memory."""

import time
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any, TypeVar, overload

from session1.limits import positive, positive_int
from session1.monitoring.bounded_map import Capped
from session1.monitoring.calls import Calls, figures, name_of, timed
from session1.monitoring.counter import Counter
from session1.monitoring.error_log import ErrorLog
from session1.monitoring.resources import Resources
from session1.monitoring.series import Series
from session1.monitoring.window import Window

F = TypeVar("F", bound=Callable[..., Any])
V = TypeVar("V")
Tags = Mapping[str, Any]
Key = tuple[str, frozenset[tuple[str, str]]]  # a name and its tags
NO_TAGS: frozenset[tuple[str, str]] = frozenset()
OTHER = "other"
LENGTH = 200  # characters of a name and of a tag's value; the rest is cut off
OTHER_TAGS = frozenset({(OTHER, "true")})


class MonitoringManager:
    """Metrics, counters, errors, calls of tracked functions, and resources.

    Each kind is kept in at most `max_series` series; what comes beyond goes to series
    tagged other=true and is counted as folded. The latest `max_errors` errors are
    kept. Throughput is over `window` seconds of `clock`, which also times calls.
    All of it is safe to share between threads.
    """

    def __init__(
        self,
        *,
        max_series: int = 1000,
        max_errors: int = 100,
        window: float = 60.0,
        clock: Callable[[], float] = time.monotonic,
        resources: Resources | None = None,
    ) -> None:
        limit = positive_int("max_series", max_series)
        self.clock = clock
        self._window = positive("window", window)
        self._started = clock()
        self.errors = ErrorLog(max_errors)
        self.resources = resources or Resources()
        self._metric_names: set[str] = {OTHER}
        self._metrics: Capped[Key, Series] = Capped(limit, self._metric, self._beyond)
        self._counters: Capped[Key, Counter] = Capped(
            limit, lambda key: Counter(), lambda key: (OTHER, OTHER_TAGS)
        )
        self._functions: Capped[str, Calls] = Capped(
            limit, self._calls, lambda name: OTHER
        )

    def record_metric(
        self, metric: str, value: float, tags: Tags | None = None
    ) -> None:
        """Add a value (0 to 2**50) to the series of `metric` with these tags.

        Tags are text or numbers. ValueError or TypeError for what cannot be recorded.
        """
        _find(self._metrics, metric, tags).record(value)

    def count(self, counter: str, by: float = 1, tags: Tags | None = None) -> None:
        """Add `by` to a counter."""
        _find(self._counters, counter, tags).add(by)

    def record_error(
        self, error: BaseException | str, context: Tags | None = None
    ) -> None:
        """Count an error by its kind and keep its text and context for a while."""
        self.errors.add(error, context)

    def track(self, func: F, name: str | None = None) -> F:
        """`func` with every call timed and counted, under its own name or `name`."""
        return timed(func, self._functions.get(name or name_of(func)))

    def metrics(self) -> Iterable[tuple[str, dict[str, str], Series]]:
        """Each series with its name and tags."""
        return ((name, dict(t), one) for (name, t), one in self._metrics.items())

    def counters(self) -> Iterable[tuple[str, dict[str, str], float]]:
        """Each counter with its name, tags and value."""
        return ((n, dict(t), one.value) for (n, t), one in self._counters.items())

    def functions(self) -> dict[str, Calls]:
        """The calls of each tracked function, by its name."""
        return dict(self._functions.items())

    def folded(self) -> dict[str, int]:
        """How many records of each kind went to an "other" series for want of room."""
        return {
            "metrics": self._metrics.folded,
            "counters": self._counters.folded,
            "functions": self._functions.folded,
        }

    def performance(self, function: str | None = None) -> dict[str, Any]:
        """Counts, rates, throughput and latency of one tracked function, or of all.

        KeyError if no function of that name is tracked.
        """
        known = self.functions()
        if function is not None and function not in known:
            names = ", ".join(sorted(known)) or "none yet"
            raise KeyError(f"{function!r} is not tracked; tracked: {names}")
        return figures([known[function]] if function else known.values())

    def measurements(
        self, function: str | None = None, *, under_load: bool = False
    ) -> dict[str, float | None]:
        """Return the figures for KPI table and flowchart; None for those not measured.

        `error_rate` is that of all failures, so timeouts are among them. How much was
        answered is what could be only `under_load`, when there was always more to do;
        else a quiet hour would look like a bottleneck, and throughput is None.
        """
        seen, machine = self.performance(function), self.resources.read()
        succeeded = seen["success_rate"]
        return {
            **{name: seen["latency"][name] for name in ("p50", "p95", "p99")},
            "throughput": seen["throughput"] if under_load and seen["calls"] else None,
            **{name: machine[name] for name in ("cpu", "memory", "io_wait")},
            "success_rate": succeeded,
            "error_rate": None if succeeded is None else 1 - succeeded,
        }

    def snapshot(self) -> dict[str, Any]:
        """Everything as plain data, ready for JSON."""
        return {
            "seconds": self.clock() - self._started,
            "functions": {n: figures([c]) for n, c in self.functions().items()},
            "metrics": [
                {"metric": name, "tags": tags, **series.figures()}
                for name, tags, series in self.metrics()
            ],
            "counters": [
                {"counter": name, "tags": tags, "value": value}
                for name, tags, value in self.counters()
            ],
            "errors": self.errors.figures(),
            "folded": self.folded(),
            "resources": self.resources.read(),
        }

    def prometheus(self) -> str:
        """Everything as text in the format that Prometheus reads."""
        from session1.monitoring.prometheus import text

        return text(self)

    def _series(self) -> Series:
        return Series(self.clock, Window(self._window, self._started))

    def _metric(self, key: Key) -> Series:
        self._metric_names.add(key[0])
        return self._series()

    def _beyond(self, key: Key) -> Key:
        """Where a metric goes for want of room: to its own kind, if there is one."""
        return (key[0] if key[0] in self._metric_names else OTHER), OTHER_TAGS

    def _calls(self, name: str) -> Calls:
        return Calls(name, self._series, self.clock, self.errors.add)


def _find(store: Capped[Key, V], name: str, tags: Tags | None) -> V:
    """Return the item of `store` for a name and tags, whatever their order."""
    try:  # short for tags that are text, as the keys are
        return store.known[name, frozenset(tags.items()) if tags else NO_TAGS]
    except (KeyError, TypeError, AttributeError):
        return store.get(_key(name, tags))


def _key(name: str, tags: Tags | None) -> Key:
    if not isinstance(name, str):
        raise TypeError(f"a metric's name is a str, not {type(name).__name__}")
    if not isinstance(tags, Mapping | None):
        raise TypeError(f"tags are a mapping of names to values, not {tags!r}")
    found = (tags or {}).items()
    return name[:LENGTH], frozenset([(_text(k), _text(v)) for k, v in found])


def _text(value: Any) -> str:
    """A tag's value as text; TypeError for what would be a new value each time."""
    if isinstance(value, (str, bool, int, float)) or value is None:
        return str(value)[:LENGTH]
    raise TypeError(
        f"a tag is text or a number, not {type(value).__name__}: tag with its name"
    )


monitor = MonitoringManager()


@overload
def track_performance(target: F, *, name: str | None = None) -> F: ...
@overload
def track_performance(
    target: MonitoringManager | None = None, *, name: str | None = None
) -> Callable[[F], F]: ...
def track_performance(target: Any = None, *, name: str | None = None) -> Any:
    """Time every call and count how it ended, awaits included.

    `@track_performance` tells this module's `monitor`, `@track_performance(monitor)`
    one of your own; `name` is used instead of the function's.
    """
    if target is None:
        target = monitor
    if isinstance(target, MonitoringManager):
        return partial(target.track, name=name)
    return monitor.track(target, name)
