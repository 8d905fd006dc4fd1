"""Time the runs of a case fairly: CPU time, interleaved, medians with quartiles."""

import gc
import math
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import product
from statistics import median, quantiles

from benchmarks.page import Case, Row, Run, Spread

SAMPLE_S = 0.01  # repeat a short call until one sample takes this long
ROUNDS = 9


def measure(case: Case, budget: float) -> Row:
    """Time every run of `case`, each for about `budget` CPU seconds at most."""
    runs = {"ours": case.ours}
    if case.naive:
        runs["naive"] = case.naive
    runs |= {name: run for name, run in case.peers.items() if isinstance(run, Run)}
    missing = {name: why for name, why in case.peers.items() if isinstance(why, str)}
    with no_collection():
        samples = interleaved(runs, budget)
    return summary(case, samples, missing)


def interleaved(runs: dict[str, Run], budget: float) -> dict[str, list[float]]:
    """Samples of every run in seconds, taken in turns so that noise hits all alike."""
    first = {name: first_time(run, budget) for name, run in runs.items()}
    plan = {
        name: repeats(first[name] / run.scale, budget) for name, run in runs.items()
    }
    samples: dict[str, list[float]] = {name: [] for name in runs}
    for turn in range(ROUNDS):
        for name, run in runs.items():
            rounds, times = plan[name]
            if turn < rounds:
                samples[name].append(seconds(run, times))
    # a call too slow to repeat is judged by its first time
    return {name: taken or [first[name]] for name, taken in samples.items()}


def first_time(run: Run, budget: float) -> float:
    """Seconds of the second call, after one to warm up, or of a first that is slow."""
    cold = seconds(run, 1)
    return cold if cold / run.scale > max(budget, 2.0) else seconds(run, 1)


def repeats(call_s: float, budget: float) -> tuple[int, int]:
    """How many rounds, and calls a round, a call of `call_s` seconds gets."""
    times = max(1, math.ceil(SAMPLE_S / max(call_s, 1e-7)))
    rounds = int(budget / max(call_s * times, 1e-7))
    return min(rounds, ROUNDS), times


def seconds(run: Run, times: int) -> float:
    """CPU seconds of this thread for one call, over `times` calls, times the scale."""
    start = time.thread_time()
    for _ in range(times):
        run.call()
    return (time.thread_time() - start) / times * run.scale


@contextmanager
def no_collection() -> Iterator[None]:
    """Keep the garbage collector from stopping one run for the litter of another."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def summary(
    case: Case, samples: dict[str, list[float]], missing: dict[str, str]
) -> Row:
    """Medians, ratios to ours and their quartiles."""
    ours = samples["ours"]
    ratios = {
        name: pairwise(taken, ours) for name, taken in samples.items() if name != "ours"
    }
    spread = {name: spread_of(taken) for name, taken in samples.items()}
    spread |= {f"ratio {name}": spread_of(taken) for name, taken in ratios.items()}
    peers = [name for name in samples if name not in ("ours", "naive")]
    return Row(
        case.case,
        case.n,
        median(ours),
        median(samples["naive"]) if "naive" in samples else None,
        median(ratios["naive"]) if "naive" in ratios else None,
        {name: median(samples[name]) for name in peers},
        {name: median(ratios[name]) for name in peers},
        missing,
        spread,
        bool(case.naive and case.naive.extrapolated),
    )


def pairwise(theirs: list[float], ours: list[float]) -> list[float]:
    """Ratios round by round, or of every pair where the rounds differ in number."""
    pairs: Iterable[tuple[float, float]] = product(theirs, ours)
    if len(theirs) == len(ours):
        pairs = zip(theirs, ours, strict=True)
    return [their / max(our, 1e-12) for their, our in pairs]


def spread_of(samples: list[float]) -> Spread:
    """The lower and the upper quartile."""
    if len(samples) == 1:
        return samples[0], samples[0]
    low, _, high = quantiles(samples, n=4, method="inclusive")
    return low, high
