"""Calls that take between a blink and many seconds, in batches and in windows."""

import asyncio
import heapq
import random
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from session1.runtime.batch import run_batch
from session1.virtual_time import now, run

Work = Callable[[Any], Awaitable[Any]]
Window = Callable[[Work, list[Any], int], Awaitable[Any]]
SPREAD = 1.1  # sigma of the logarithm of a call's time


def durations(count: int, seed: int = 17) -> list[float]:
    """Seconds that `count` calls take, 1 s on average; some take very long."""
    draw = random.Random(seed)
    found = [draw.lognormvariate(0, SPREAD) for _ in range(count)]
    return [round(x * count / sum(found), 3) for x in found]


def seconds(window: Window, takes: Sequence[float], limit: int) -> float:
    """Virtual seconds until a window has done calls that take so long."""

    async def main() -> None:
        await window(asyncio.sleep, list(takes), limit)

    return run(main).seconds


async def reference_window(work: Work, items: list[Any], limit: int) -> list[Any]:
    """The reference's window, `session1.runtime.batch`, as the exercise asks for it."""

    async def one(item: Any, _: Any) -> Any:
        return await work(item)

    return [outcome.value for outcome in await run_batch(one, items, limit)]


def free_slots(takes: Sequence[float], limit: int) -> float:
    """The share of slot time in which batches leave a slot free."""
    whole = sum(limit * max(takes[i : i + limit]) for i in range(0, len(takes), limit))
    return 1 - sum(takes) / whole


def takes(item: str) -> float:
    """Seconds that the call for an item takes: "b2.5" takes 2.5."""
    return float(item[1:])


def in_window(items: Sequence[str], limit: int) -> float:
    """When the last one is done if each begins as soon as a slot is free."""
    free = [0.0] * limit
    for item in items:
        heapq.heapreplace(free, free[0] + takes(item))
    return max(free)


def in_batches(items: Sequence[str], limit: int) -> float:
    """When the last one is done in batches that wait for their slowest."""
    starts = range(0, len(items), limit)
    return sum(max(map(takes, items[i : i + limit])) for i in starts)


class Played:
    """A window at work on some items: what it gave, and how it ran."""

    def __init__(self) -> None:
        self.running = self.most = 0
        self.begun: list[str] = []
        self.seconds = 0.0

    async def work(self, item: str) -> str:
        """Take as long as the item says; the result says which of its equals it is."""
        self.begun.append(item)
        result = _result(item, self.begun.count(item))
        self.running += 1
        self.most = max(self.most, self.running)
        try:
            await asyncio.sleep(takes(item))
        finally:
            self.running -= 1
        return result

    async def play(self, window: Window, items: Sequence[str], limit: int) -> Any:
        """The results."""
        found = await window(self.work, list(items), limit)
        self.seconds = now()
        return found


def _lost(got: list[Any], want: Sequence[str]) -> bool:
    """Whether some results stand in the places of others that are lost."""
    return len(got) == len(want) and set(map(str, got)) < set(want)


ORDER = "`gather` keeps the order of what it is given; return what it returns"


def _result(item: str, nth: int) -> str:
    """Its letter, large, and a number where the item is not the first of its kind.

    "_" has no letter, so its first result is an empty text.
    """
    return item[0].upper().strip("_") + (str(nth) if nth > 1 else "")


def letters(items: Sequence[str]) -> list[str]:
    """What a window has to give for items."""
    return [_result(x, items[: i + 1].count(x)) for i, x in enumerate(items)]


def about_order(got: Any, items: Sequence[str], begun: Sequence[str]) -> str:
    """Where to look when the results are not what they have to be."""
    want = letters(items)
    if got is None:
        return "`return` the results"
    if not isinstance(got, list):
        return "a list, one result for each item"
    if len(begun) > len(items):
        return f"`work` ran {len(begun)} times for {len(items)} items: once for each"
    if "" in want and "" not in got:
        return "an empty result is a result, too: each keeps its place"
    if len(got) < len(want) or _lost(got, want):
        return "each item has its own result, though another item looks the same"
    if got == want:
        return "begin the items in their order: who comes first gets the first slot"
    if all(isinstance(x, str) for x in got) and sorted(got) == sorted(want):
        return "in the order of the items, whoever is done first"
    return ORDER


def about_seconds(got: float, items: Sequence[str], limit: int, most: int) -> str:
    """Where to look when a window takes other seconds than it should."""
    if abs(got - in_batches(items, limit)) < 1e-6:
        return "still rounds: the next item has to begin when any one ends"
    if most == 1:
        return "one at a time: start up to `limit` before you await one"
    if most < min(limit, len(items)):
        return f"only {most} ran at a time, {limit} may"
    return "begin the items in their order, each as soon as a slot is free"


ONE, MANY = ["a4", "b1", "c2", "d2", "e3"], ["a2", "b1", "b1", "c5", "b1", "d1", "a2"]
