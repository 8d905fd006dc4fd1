"""Simulate how a rule for the deadline feeds back on itself, round after round."""

import random
from collections.abc import Callable
from dataclasses import dataclass

from session1.latency.tuner import FASTER, GOOD, POOR, SLOWER

HIT_S = 0.001
Listener = Callable[[float], object]


@dataclass(frozen=True, slots=True)
class Round:
    """The target in force, and how many real answers were asked for and came late."""

    target: float
    asked: int
    late: int


class NaiveTuner:
    """Judges by every response time, hits included: the rule most people write."""

    def __init__(self) -> None:
        self.times: list[float] = []

    def record(self, seconds: float) -> None:
        """Count one response."""
        self.times.append(seconds)

    def tune(self, target: float) -> float:
        """The target to use from now on."""
        share = 100 * sum(t < target for t in self.times) / len(self.times)
        return target * (FASTER if share > GOOD else SLOWER if share < POOR else 1.0)


def simulate(
    tune: Callable[[float], float],
    *,
    on_response: Listener = bool,
    on_model: Listener = bool,
    rounds: int = 40,
    requests: int = 100,
    hit_rate: float = 0.95,
    median_s: float = 0.8,
    spread: float = 0.35,
    target: float = 2.0,
    seed: int = 0,
) -> list[Round]:
    """Rounds of requests, each followed by `tune(target)`; model times log-normal.

    `on_response` hears what callers waited, `on_model` what the model took.
    """
    rng = random.Random(seed)
    history = []
    for _ in range(rounds):
        asked = late = 0
        for _ in range(requests):
            if rng.random() < hit_rate:
                on_response(HIT_S)
                continue
            seconds = median_s * rng.lognormvariate(0, spread)
            asked += 1
            late += seconds >= target
            on_model(seconds)
            on_response(min(seconds, target))
        history.append(Round(target, asked, late))
        target = tune(target)
    return history


def late_share(history: list[Round]) -> float:
    """The part of real answers, 0 to 1, that came late."""
    asked = sum(r.asked for r in history)
    return sum(r.late for r in history) / asked if asked else 0.0
