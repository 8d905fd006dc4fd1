"""The reference's parts, for an agent whose own are not all built yet."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Sequence
from typing import Any

from session1.caching.keys import key_of
from session1.caching.snapshot import Snapshot
from session1.caching.ttl import TTLCache
from session1.deadlines import reason
from session1.runtime.batch import GiveUp, run_batch

PARTS = {
    "key": "freeze",
    "flight": "once",
    "poisoned": "Kept",
    "fresh": "Fresh",
    "side_by_side": "side_by_side",
}
Flights = dict[Hashable, asyncio.Future[Any]]


def freeze(value: Any) -> Hashable:
    """A hashable key of plain data; TypeError for anything else."""
    return key_of("value", {"value": value})


async def once(flights: Flights, key: Hashable, work: Callable[[], Any]) -> Any:
    """The outcome of the run of `key` that is on, else of a new one."""

    async def landed() -> Any:
        try:
            return await work()
        finally:
            del flights[key]

    flight = flights.get(key) or asyncio.ensure_future(landed())
    flights[key] = flight
    return await asyncio.shield(flight)


def Fresh(most: int, ttl: float, clock: Callable[[], float]) -> TTLCache[Any, Any]:
    """A cache that ages and stays small."""
    return TTLCache(most, ttl, clock=clock)


class Kept:
    """Results by key, each kept as a snapshot."""

    def __init__(self, run: Callable[[Any], Awaitable[Any]]) -> None:
        self.run = run
        self.kept: dict[Any, Snapshot[Any]] = {}

    async def get(self, key: Any) -> Any:
        """A copy of the result, run for at the first call."""
        if key not in self.kept:
            self.kept[key] = Snapshot(await self.run(key))
        return self.kept[key].take()


async def side_by_side(calls: Sequence[Any], limit: int) -> list[dict[str, Any]]:
    """The outcomes of a batch as dicts."""

    async def work(call: Callable[[], Awaitable[Any]], _give_up: GiveUp) -> Any:
        return await call()

    return [
        {"success": True, "result": outcome.value}
        if outcome.error is None
        else {"success": False, "error": reason(outcome.error)}
        for outcome in await run_batch(work, calls, limit)
    ]
