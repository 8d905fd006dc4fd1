"""The latency lab: who waits how long, and what tuning does to it."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import cache
from typing import Any

from matplotlib.figure import Figure

from coursekit.check.error_messages import fault
from coursekit.core import style
from coursekit.learn.lab import Lab, slider
from session1.latency.closed_loop import HIT_S, NaiveTuner, Round, late_share, simulate
from session1.latency.tuner import Tuner
from session1.monitoring.histogram import Histogram
from session1.virtual_time import now

TEN_TIMES = (420, 180, 90, 2000, 510, 350, 270, 760, 130, 640)  # milliseconds
Log = list[tuple[str, float]]
Retarget = Callable[[float, Log], float]


def model_taking(*seconds: float) -> Callable[[str], Awaitable[str]]:
    """A model that takes these seconds, call by call; the last for all later ones."""
    left = list(seconds)

    async def model(message: str) -> str:
        await asyncio.sleep(left.pop(0) if len(left) > 1 else left[0])
        return f"what the model says to {message!r}"

    return model


async def three_asks(responder: Any) -> None:
    """Ask the same three times; print how long each took and what came."""
    for _ in range(3):
        began = now()
        said = await responder.ask("is it safe?")
        print(f"{now() - began:.1f} s  {said}")


def time_look(name: str, value: float) -> str:
    """What to look at when `value` is no such percentile of the ten times; or empty."""
    unsorted = {"p50": 510, "p90": 130, "p95": 640, "hasty_p90": 640}
    if (name, value) in (("p50", 5), ("p90", 9), ("p95", 9.5), ("p95", 10)):
        return "that is the rank: which time stands there?"
    if (name, value) == ("hasty_p90", 9):
        return "that is the index: which time stands there?"
    known = {
        ("p50", 420): "50 × 10 / 100 is 5, and ranks count from 1",
        ("p90", 2000): "90 × 10 / 100 is 9: nothing to round",
        ("p95", 760): "9.5 is rounded up",
        ("p50", 535): "no average: nearest rank is always one of the times",
    }
    if (name, value) in known:
        return known[name, value]
    if 0 < value < 10:
        return "in milliseconds"
    if value in (1000, 1800, 1900):
        return "percent of how many times there are, not of the longest"
    if value not in TEN_TIMES:
        return "nearest rank is always one of the times"
    return "of the sorted times, the shortest first" if value == unsorted[name] else ""


def rounds_of(
    retarget: Retarget,
    *,
    hit_rate: float = 0.95,
    rounds: int = 40,
    target: float = 2.0,
    seed: int = 0,
) -> list[Round]:
    """Rounds of 100 requests, each followed by `retarget(target, log)`.

    The log has ("hit", seconds) and ("model", seconds) for all requests so far; a
    model's answer counts with the time it took, also when it came too late.
    """
    log: Log = []

    def hit(seconds: float) -> None:
        if seconds == HIT_S:
            log.append(("hit", seconds))

    return simulate(
        lambda target: retarget(target, list(log)),
        on_response=hit,
        on_model=lambda seconds: log.append(("model", seconds)),
        hit_rate=hit_rate,
        rounds=rounds,
        target=target,
        seed=seed,
    )


def show_rounds(retarget: Retarget, every: int = 8) -> None:
    """Every eighth round: the target, and how many real answers came too late."""
    try:
        history = rounds_of(retarget)
    except Exception as error:  # an exercise that is not solved yet
        print(f"nothing to show yet: {fault(error, {}).text()}")
        return
    for number, r in enumerate(history, start=1):
        if number == 1 or number % every == 0:
            late = f"{r.late} of {r.asked} real answers too late"
            print(f"round {number:2}: target {r.target:5.2f} s, {late}")


def late_percent(history: list[Round], last: int = 10) -> float:
    """Percent of the real answers in the last rounds that came too late."""
    return 100 * late_share(history[-last:])


def latency_lab(**settings: float) -> Lab:
    """The lab: response times, their percentiles, and a target that tunes itself."""
    controls = {
        "hit_rate": slider("hit rate", 0, 98, 1, 95, "%"),
        "deadline": slider("first target", 0.2, 4.0, 0.1, 2.0, "s"),
        "median": slider("model's median", 0.2, 3.0, 0.1, 0.8, "s"),
        "spread": slider("model's spread", 0.05, 1.0, 0.05, 0.35),
        "step": slider("tuning steps", 0, 40, 1, 0),
        "by_hits": slider("tuner counts hits (1: yes)", 0, 1, 1, 1),
    }
    title = "Latency lab: who waits how long"
    lab = Lab(title, controls, draw_latency, tell_latency, run_latency)
    return lab.set(**settings) if settings else lab


def run_latency(
    hit_rate: int,
    deadline: float,
    median: float,
    spread: float,
    step: int,
    by_hits: int,
) -> dict[str, Any]:
    """A thousand requests at the target that `step` steps of tuning led to."""
    model: dict[str, Any] = {
        "hit_rate": hit_rate / 100,
        "median_s": median,
        "spread": spread,
    }
    targets = _tuned(deadline, "hits" if by_hits else "model", **model)[: step + 1]
    waits: list[float] = []
    real: list[float] = []
    last = simulate(
        lambda target: target,
        on_response=waits.append,
        on_model=real.append,
        rounds=1,
        requests=1000,
        target=targets[-1],
        seed=1,
        **model,
    )[0]
    real += [wait for wait in waits if wait == HIT_S]
    return {
        "targets": targets,
        "waits": sorted(waits),
        "real": sorted(real),
        "last": last,
    }


@cache
def _tuned(deadline: float, by: str, **model: Any) -> list[float]:
    """The targets of 41 rounds, by the naive tuner or the reference's."""
    naive, ours = NaiveTuner(), Tuner()
    if by == "hits":
        history = simulate(
            naive.tune, on_response=naive.record, rounds=41, target=deadline, **model
        )
    else:
        history = simulate(
            ours.tune, on_model=ours.record, rounds=41, target=deadline, **model
        )
    return [r.target for r in history]


def draw_latency(figure: Figure, found: dict[str, Any]) -> None:
    """The share answered within each time, and the target step by step."""
    left, right = figure.subplots(1, 2, width_ratios=[3, 2])
    waits, target = found["waits"], found["targets"][-1]
    shares = [100 * (i + 1) / len(waits) for i in range(len(waits))]
    left.plot(found["real"], shares, ":", color=style.GREY, label="without a deadline")
    left.plot(waits, shares, color=style.BLUE, label="with it")
    left.axvline(target, color=style.VERMILLION, linestyle="--")
    left.text(target, 3, " target", color=style.VERMILLION)
    top = max(2.0, found["real"][-1], target) * 1.08
    points = dict(zip((50, 90, 95, 99), _points(waits), strict=True))
    left.plot(list(points.values()), list(points), "D", color=style.BLACK, markersize=5)
    for p, value in points.items():
        high = {50: 50, 90: 84, 95: 91, 99: 104}[p]
        box = {"facecolor": "white", "edgecolor": "none", "pad": 1.0}
        beside = 0 <= target - value < 0.1 * top  # else it hides the target's line
        left.annotate(
            f"P{p}",
            (target if beside else value, high),
            (9, 0),
            textcoords="offset points",
            fontsize=9,
            va="center",
            bbox=box,
        )
    left.legend(loc="center right", fontsize=9, frameon=True, edgecolor="none")
    left.set(title="Answered within", xlabel="seconds", ylabel="% of requests")
    left.set(xlim=(-0.03 * top, top), ylim=(0, 109))
    targets = found["targets"]
    right.plot(range(len(targets)), targets, "-o", color=style.VERMILLION, markersize=3)
    right.set(title="Target, step by step", xlabel="step", ylabel="seconds")
    right.set(xlim=(-1, 41), ylim=(0, max(2.5, max(targets) * 1.25)))
    last = found["last"]
    said = f"{last.late} of {last.asked} real answers\nreplaced by a stand-in"
    right.text(40, right.get_ylim()[1], said, ha="right", va="top", fontsize=9)
    figure.subplots_adjust(left=0.09, right=0.98, top=0.91, bottom=0.13, wspace=0.28)


def tell_latency(found: dict[str, Any]) -> str:
    """Percentiles, hits, fallbacks and target achievement in words."""
    waits, last, targets = found["waits"], found["last"], found["targets"]
    n = len(waits)
    under = sum(wait < targets[-1] for wait in waits)
    points = zip((50, 90, 95, 99), _points(waits), strict=True)
    asked = f"{last.late} of {last.asked}" if last.asked else "none"
    return (
        f"{n} requests, {100 * (n - last.asked) / n:.0f} % of them hits (drawn at "
        "random); "
        f"{', '.join(f'P{p} {value:.3f} s' for p, value in points)}.\n"
        f"Target {targets[-1]:.2f} s after {len(targets) - 1} steps, achieved for "
        f"{100 * under / n:.0f} % of all requests.\n"
        f"Real answers replaced by a stand-in: {asked}."
    )


def _points(waits: list[float]) -> list[float]:
    times = Histogram()
    for wait in waits:
        times.record(wait)
    return times.percentiles(50, 90, 95, 99)
