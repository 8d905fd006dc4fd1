"""Waiting in line: a queue played through, and what the formulas say of it."""

import heapq
import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

# The service of the exercise `little`: requests a second, seconds that each holds an
# agent, agents, and how many wait in line on average.
RATE, HOLDS, AGENTS, IN_LINE = 12, 0.75, 12, 6
ALONE, BUSY = 0.2, 0.95  # one worker: seconds a request takes, and its busy share


def right() -> dict[str, float]:
    """The four figures of the exercise `little`."""
    return {
        "in_flight": RATE * HOLDS,
        "busy": RATE * HOLDS / AGENTS,
        "wait": IN_LINE / RATE,
        "wait_95": ALONE * BUSY / (1 - BUSY),
    }


# Where a wrong figure comes from, by the value that it is.
LOOKS: dict[str, dict[float, tuple[str, str]]] = {
    "in_flight": {
        12: ("12 arrive in a second, and each stays for less than one", "rate-is-load"),
        16: ("that is 12 / 0.75: multiply what comes by how long it stays", ""),
        0.75: ("that is how long one request stays; how many stay at once?", ""),
    },
    "busy": {
        75: ("a share goes from 0 to 1", "percent-is-a-share"),
        1: ("12 agents for 12 a second? each is held for 0.75 s only", "rate-is-load"),
        0.25: ("that is the share that is idle", ""),
        0.0625: ("that is 0.75 / 12: what do 9 in flight mean for 12 agents?", ""),
    },
    "wait": {
        2: ("that is 12 / 6: the law says 6 in line = 12 a second × the wait", ""),
        72: ("that is 6 × 12: divide, for L = rate × wait", ""),
        4.5: ("a line of 6 moves at 12 a second, whoever serves it", "line-of-one"),
        0.375: ("a line of 6 moves at 12 a second, agents or not", "line-of-one"),
    },
    "wait_95": {
        0.19: ("that is 0.2 × 0.95; divide by what is idle", "busy-is-cheap"),
        0.2: ("so it is at 50 % busy; put 0.95 into both places", "busy-is-cheap"),
        0.38: (
            "in proportion it would be; the formula divides by 0.05",
            "busy-is-cheap",
        ),
        19: ("19 times the 0.2 s that a request takes; in seconds?", ""),
        4: ("that is 0.2 / 0.05, which has the request's own time in it", ""),
        3800: ("in seconds, not in milliseconds", "a-figure-needs-no-unit"),
    },
}


def look_at(name: str, value: float | None) -> tuple[str, str]:
    """Where to look for a figure that is wrong, and what it shows."""
    known = {round(k, 6): v for k, v in LOOKS[name].items()}
    usual = {
        "in_flight": "L = rate × time: 12 a second, each for 0.75 s",
        "busy": "9 in flight, spread over 12 agents",
        "wait": "L = rate × wait, with L = 6 in line and 12 a second",
        "wait_95": "0.2 × 0.95 / (1 - 0.95)",
    }
    return known.get(round(value, 6) if value is not None else -1, (usual[name], ""))


@dataclass(frozen=True, slots=True)
class Played:
    """What came of a queue: how long each waited, and the share of time in work."""

    waits: list[float]
    times: list[float]  # wait and work together
    busy: float
    seconds: float

    @property
    def mean(self) -> float:
        """The mean wait in line."""
        return math.fsum(self.waits) / len(self.waits)

    def p99(self) -> float:
        """What 99 % of the requests take at most, by nearest rank."""
        return sorted(self.times)[math.ceil(0.99 * len(self.times)) - 1]


def arrivals(rate: float, count: int, seed: int) -> list[float]:
    """When requests come, `rate` a second at random."""
    draw, now, found = random.Random(seed), 0.0, []
    for _ in range(count):
        now += draw.expovariate(rate)
        found.append(now)
    return found


def services(mean: float, spread: float, count: int, seed: int) -> list[float]:
    """How long requests take: `spread` is the deviation over the mean."""
    draw = random.Random(seed)
    if spread <= 0:
        return [mean] * count
    shape = 1 / spread**2  # of a gamma distribution: 1 is the exponential one
    return [draw.gammavariate(shape, mean / shape) for _ in range(count)]


def played(come: Sequence[float], take: Sequence[float], workers: int) -> Played:
    """First come, first served, by so many workers."""
    free = [0.0] * workers  # when each is free again: a heap
    waits, times = list[float](), list[float]()
    for at, seconds in zip(come, take, strict=True):
        begins = max(at, free[0])
        heapq.heapreplace(free, begins + seconds)
        waits.append(begins - at)
        times.append(begins - at + seconds)
    end = max(free)
    return Played(waits, times, math.fsum(take) / (workers * end), end)


def theory(rate: float, mean: float, spread: float, workers: int) -> float:
    """The mean wait: Erlang's formula, and the Allen-Cunneen factor for the spread."""
    load = rate * mean
    busy = load / workers
    if busy >= 1:
        return math.inf
    blocked = 1.0  # Erlang B, built up worker by worker
    for n in range(1, workers + 1):
        blocked = load * blocked / (n + load * blocked)
    queued = blocked / (1 - busy + busy * blocked)  # Erlang C
    return queued * mean / (workers * (1 - busy)) * (1 + spread**2) / 2


def one_worker(busy: float, count: int = 20_000, seconds: float = ALONE) -> Played:
    """One worker that is busy for such a share of its time, both at random."""
    come = arrivals(busy / seconds, count, seed=8)
    return played(come, services(seconds, 1, count, seed=9), 1)


def growing(rate: float, holds: float, agents: int, minutes: int) -> Iterator[str]:
    """How long the last request of each minute waited for one of `agents`."""
    count = int(rate * minutes * 60)
    come = arrivals(rate, count, seed=3)
    found = played(come, services(holds, 1, count, seed=4), agents)
    for minute in range(1, minutes + 1):
        last = max(i for i, at in enumerate(come) if at < 60 * minute)
        yield f"{found.waits[last]:.1f} s"
