"""Page `histogram`: what a percentile and a tracked call cost, and how wrong they are.

The exact answer is the value at the nearest rank of all values sorted.
"""

import random
import time
import tracemalloc
from collections.abc import Callable, Sequence
from functools import cache, partial

from benchmarks.loop import wall_row
from benchmarks.page import Case, Goal, Row, Run
from benchmarks.peers.percentiles import RECORDERS, ListAndSort, Recorder
from benchmarks.peers.trackers import TRACKERS, naive
from benchmarks.runner import no_collection
from session1.monitoring.histogram import Histogram, nearest_rank
from session1.monitoring.manager import MonitoringManager
from session1.monitoring.series import Series
from session1.monitoring.window import Window

TITLE = "Histogram: recording latencies, percentiles, tracked calls"
PARTS = (0.5, 0.9, 0.95, 0.99, 0.999)
MANY = {False: 200_000, True: 50_000}
FEW = 20
BATCH = 1_000  # records in one call that is timed
CALLS = 5_000  # calls of a tracked function that are timed together
UNSEEN = {"crick": "its memory is not Python's"}

GOALS = (
    *(
        goal
        for n in MANY.values()
        for goal in (
            Goal("record", n, "prometheus_client", low=2.9),
            Goal("read five percentiles", n, "ratio_naive", low=15),
            Goal("worst error", n, "ours", high=0.5),
            Goal("memory", n // 10, "ours", high=20),
            Goal("memory", n, "ours", high=20),
        )
    ),
    Goal("worst error", FEW, "ours", high=0.5),
    Goal("own cost of a tracked call", 1, "ratio_naive", low=1 / 0.6),
    Goal("own cost of a tracked call", 1, "prometheus_client", low=1 / 0.35),
)


class Ours:
    """Our histogram behind the calls of the others."""

    def __init__(self) -> None:
        self._histogram = Histogram()
        self.record = self._histogram.record

    def quantiles(self, parts: Sequence[float]) -> list[float]:
        """All in one pass."""
        return self._histogram.percentiles(*(100 * p for p in parts))


class Shared:
    """The same for many threads, with the rate of the last minute."""

    def __init__(self) -> None:
        self._series = Series(time.monotonic, Window(60, time.monotonic()))
        self.record = self._series.record

    def quantiles(self, parts: Sequence[float]) -> list[float]:
        """From a copy."""
        return self._series.histogram().percentiles(*(100 * p for p in parts))


MAKERS: dict[str, Callable[[], Recorder]] = {
    "ours": Ours,
    "naive": ListAndSort,
    "ours, for threads": Shared,
    **RECORDERS,
}


def cases(quick: bool) -> list[Callable[[], Case | Row]]:
    """Cost of writing and reading, error on many and on few, memory, the decorator."""
    n = MANY[quick]
    return [
        partial(record, n // 10),
        partial(record, n),
        partial(read, n // 10),
        partial(read, n),
        partial(error, n),
        partial(error, FEW),
        partial(memory, n // 10),
        partial(memory, n),
        partial(tracked, 3 if quick else 15),
    ]


@cache
def latencies(n: int) -> list[float]:
    """Seconds, log-normal around 0.8."""
    rng = random.Random(5)
    return [0.8 * rng.lognormvariate(0, 0.6) for _ in range(n)]


def made() -> tuple[dict[str, Recorder], dict[str, str]]:
    """Every recorder, empty, and those that are not installed."""
    recorders, missing = dict[str, Recorder](), dict[str, str]()
    for name, make in MAKERS.items():
        try:
            recorders[name] = make()
        except ImportError as e:
            missing[name] = f"not installed ({e.name})"
    return recorders, missing


def fill(recorder: Recorder, values: Sequence[float]) -> None:
    """Record all of them."""
    record = recorder.record
    for seconds in values:
        record(seconds)


def filled(n: int) -> tuple[dict[str, Recorder], dict[str, str]]:
    """Every recorder after `n` latencies, and those that are not installed."""
    recorders, missing = made()
    for recorder in recorders.values():
        fill(recorder, latencies(n))
    return recorders, missing


def record(n: int) -> Case:
    """One latency more after `n`."""
    batch = latencies(n)[:BATCH]
    return compared("record", n, lambda r: fill(r, batch), 1 / BATCH)


def read(n: int) -> Case:
    """P50, P90, P95, P99 and P99.9 of `n`."""
    return compared("read five percentiles", n, lambda r: r.quantiles(PARTS), 1.0)


def compared(
    case: str, n: int, call: Callable[[Recorder], object], scale: float
) -> Case:
    """The same call on every recorder."""
    recorders, missing = filled(n)
    runs = {name: Run(partial(call, r), scale) for name, r in recorders.items()}
    ours, naive = runs.pop("ours"), runs.pop("naive")
    return Case(case, n, ours, naive, {**runs, **missing})


def error(n: int) -> Row:
    """The largest error of the five, in percent of the value at the nearest rank."""
    ordered = sorted(latencies(n))
    true = [ordered[nearest_rank(100 * p, n) - 1] for p in PARTS]
    recorders, missing = filled(n)
    errors = {name: worst(r.quantiles(PARTS), true) for name, r in recorders.items()}
    ours, naive = errors.pop("ours"), errors.pop("naive")
    return Row("worst error", n, ours, naive, None, errors, {}, missing, unit="%")


def worst(found: Sequence[float], true: Sequence[float]) -> float:
    """The largest relative error in percent."""
    return max(100 * abs(f / t - 1) for f, t in zip(found, true, strict=True))


def memory(n: int) -> Row:
    """Kilobytes held after `n` latencies (tracemalloc)."""
    _, missing = made()
    seen = [name for name in MAKERS if name not in missing and name not in UNSEEN]
    bytes_held = {name: held(name, n) / 1000 for name in seen}
    ours, naive = bytes_held.pop("ours"), bytes_held.pop("naive")
    ratios = {name: size / ours for name, size in bytes_held.items()}
    return Row(
        "memory",
        n,
        ours,
        naive,
        naive / ours,
        bytes_held,
        ratios,
        {**missing, **UNSEEN},
        unit="kB",
    )


def held(name: str, n: int) -> int:
    """Bytes that a recorder of `n` latencies holds."""
    values = latencies(n)
    MAKERS[name]()  # what is imported for it is not its own
    tracemalloc.start()
    try:
        recorder = MAKERS[name]()
        for seconds in values:
            recorder.record(float(str(seconds)))  # a number of its own each time
        recorder.quantiles(PARTS)
        return tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()


def tracked(rounds: int) -> Row:
    """CPU time that tracking adds to a call which does nothing."""

    def nothing(n: int) -> int:
        return n

    monitor = MonitoringManager()
    functions = {"ours": monitor.track(nothing), "naive": naive(nothing)}
    missing: dict[str, str] = {}
    for name, track in TRACKERS.items():
        try:
            functions[name] = track(nothing)
        except ImportError as e:
            missing[name] = f"not installed ({e.name})"
    taken: dict[str, list[float]] = {name: [] for name in functions}
    with no_collection():
        for turn in range(rounds + 1):
            bare = cost(nothing)
            for name, function in functions.items():
                if (own := cost(function) - bare) and turn:  # the first warms up
                    taken[name].append(own)
    return wall_row("own cost of a tracked call", 1, taken, missing)


def cost(function: Callable[[int], int]) -> float:
    """CPU seconds of this thread for one call."""
    start = time.thread_time()
    for n in range(CALLS):
        function(n)
    return (time.thread_time() - start) / CALLS
