"""Page `latency`: what a percentile costs and errs, and what tuning does to itself."""

import random
from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial

from benchmarks.page import Case, Goal, Row, Run
from benchmarks.peers.percentiles import RECORDERS, ListAndSort, Recorder
from session1.latency.closed_loop import NaiveTuner, late_share, simulate
from session1.latency.tuner import Tuner
from session1.monitoring.histogram import Histogram, nearest_rank

TITLE = "Latency: recording percentiles, tuning the deadline"
PARTS = (0.5, 0.9, 0.95, 0.99, 0.999)
MANY = {False: 200_000, True: 50_000}
FEW = 20
BATCH = 1_000  # records in one call that is timed
LAST = 10  # rounds of the simulation that are looked at

GOALS = (
    *(
        goal
        for n in MANY.values()
        for goal in (
            Goal("record", n, "prometheus_client", low=2.9),
            Goal("read five percentiles", n, "ratio_naive", low=15),
            Goal("worst error", n, "ours", high=0.5),
        )
    ),
    Goal("worst error", FEW, "ours", high=0.5),
    Goal("late answers", 40, "ours", high=6),
    Goal("late answers", 40, "naive", low=100),
)


class Ours:
    """Our histogram behind the calls of the others."""

    def __init__(self) -> None:
        self._histogram = Histogram()
        self.record = self._histogram.record

    def quantiles(self, parts: Sequence[float]) -> list[float]:
        """All in one pass."""
        return self._histogram.percentiles(*(100 * p for p in parts))


def cases(quick: bool) -> list[Callable[[], Case | Row]]:
    """Cost of writing and reading, error on many and on few, the closed loop."""
    n = MANY[quick]
    return [
        partial(record, n),
        partial(read, n),
        partial(error, n),
        partial(error, FEW),
        late_answers,
    ]


@cache
def latencies(n: int) -> list[float]:
    """Seconds, log-normal around 0.8."""
    rng = random.Random(5)
    return [0.8 * rng.lognormvariate(0, 0.6) for _ in range(n)]


def filled(n: int) -> tuple[dict[str, Recorder], dict[str, str]]:
    """Every recorder after `n` latencies, and those that are not installed."""
    makers: dict[str, Callable[[], Recorder]] = {
        "ours": Ours,
        "naive": ListAndSort,
        **RECORDERS,
    }
    recorders, missing = dict[str, Recorder](), dict[str, str]()
    for name, make in makers.items():
        try:
            recorders[name] = make()
        except ImportError as e:
            missing[name] = f"not installed ({e.name})"
            continue
        for seconds in latencies(n):
            recorders[name].record(seconds)
    return recorders, missing


def record(n: int) -> Case:
    """One latency more after `n`."""
    batch = latencies(n)[:BATCH]

    def write(recorder: Recorder) -> None:
        record = recorder.record
        for seconds in batch:
            record(seconds)

    return compared("record", n, write, 1 / BATCH)


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


def late_answers() -> Row:
    """Real answers that came late in the last rounds of forty, in percent.

    Of 100 requests a round 95 are hits; each rule tunes the deadline it is judged by.
    """
    shares: Mapping[str, list[float]] = {"ours": [], "naive": []}
    for seed in range(20):
        tuner, naive = Tuner(), NaiveTuner()
        ours = simulate(tuner.tune, on_model=tuner.record, seed=seed)
        theirs = simulate(naive.tune, on_response=naive.record, seed=seed)
        shares["ours"].append(100 * late_share(ours[-LAST:]))
        shares["naive"].append(100 * late_share(theirs[-LAST:]))
    mean = {name: sum(values) / len(values) for name, values in shares.items()}
    return Row("late answers", 40, mean["ours"], mean["naive"], unit="%")
