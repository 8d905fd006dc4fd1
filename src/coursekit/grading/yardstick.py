"""Solutions of known cost, by which a way of metering CPU time is judged.

The task: do two of the numbers add up to a target? A sum that is not there makes
every solution look at all of them.
"""

import os
import random
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

LIMIT = 2.5  # times the reference's CPU time
SIZE = 3_000  # numbers; about 0.2 ms for the reference
PAIRS = range(5, 26)  # after how many it may, and must, decide
CLEAR = 0.8, 1.25  # shares of the limit at which it is clear

Numbers = list[int]
Solution = Callable[[Numbers, int], bool]
Make = Callable[[], tuple[Numbers, int]]
Decide = Callable[[Solution, Solution, Make, float], bool]


def reference(numbers: Numbers, target: int) -> bool:
    """One pass, and a set of what was seen."""
    seen = set()
    for number in numbers:
        if target - number in seen:
            return True
        seen.add(number)
    return False


def good(numbers: Numbers, target: int) -> bool:
    """One pass, and a dict of what is missing."""
    wanted: dict[int, int] = {}
    for number in numbers:
        if number in wanted:
            return True
        wanted[target - number] = number
    return False


def half_again(numbers: Numbers, target: int) -> bool:
    """The work of one pass and a half."""
    early = good(numbers[: len(numbers) // 2], target)
    return good(numbers, target) or early


def four_times(numbers: Numbers, target: int) -> bool:
    """The work of four passes."""
    return [good(numbers, target) for _ in range(4)][-1]


def quadratic(numbers: Numbers, target: int) -> bool:
    """Every pair."""
    return any(a + b == target for i, a in enumerate(numbers) for b in numbers[:i])


@dataclass(frozen=True)
class Known:
    """A solution of known cost; `share` of the gradings is spent on it."""

    name: str
    solve: Solution
    passes: bool
    share: float = 1.0


YARDSTICK = (
    Known("good, 1 x", good, True),
    Known("ok15, 1.5 x", half_again, True),
    Known("bad4, 4 x", four_times, False),
    Known("quadratic", quadratic, False, share=0.02),  # seconds each
)


def fresh(seed: int) -> Make:
    """Makes numbers that no call before had, none of which add up to the target."""
    rng = random.Random(seed)

    def make() -> tuple[Numbers, int]:
        start = 2 * rng.randrange(1_000_000)
        return list(range(start, start + 2 * SIZE, 2)), 1

    return make


def by_process_time(
    solve: Solution, against: Solution, make: Make, limit: float
) -> bool:
    """Whether `solve` takes at most `limit` times the CPU time of `against`.

    Pairs of calls in this process, medians, until it is clear which side it is on.
    """
    ours: list[int] = []
    theirs: list[int] = []
    ratio = 0.0
    for count in range(1, PAIRS.stop):
        given = make()
        ours.append(_spent(solve, given))
        theirs.append(_spent(against, given))
        ratio = statistics.median(ours) / max(1, statistics.median(theirs)) / limit
        if count >= PAIRS.start and not CLEAR[0] < ratio < CLEAR[1]:
            break
    return ratio <= 1


def _spent(solve: Solution, given: tuple[Numbers, int]) -> int:
    numbers, target = list(given[0]), given[1]
    began = time.process_time_ns()
    found = solve(numbers, target)
    spent = time.process_time_ns() - began
    if found:
        raise AssertionError("a solution of the yardstick is wrong")
    return spent


def on_one_core(seed: int) -> None:
    """Keep this process on one core, which one is drawn; where that can be had."""
    if hasattr(os, "sched_setaffinity"):
        cores = sorted(os.sched_getaffinity(0))
        os.sched_setaffinity(0, {random.Random(seed).choice(cores)})


def gradings(name: str, seeds: range, decide: Decide = by_process_time) -> int:
    """How often one of the yardstick passes, of `len(seeds)` times."""
    known = next(k for k in YARDSTICK if k.name == name)
    return sum(decide(known.solve, reference, fresh(s), LIMIT) for s in seeds)
