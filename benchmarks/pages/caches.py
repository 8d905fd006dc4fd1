"""Page `caches`: get, put, hits, a hundred callers at once, the first one leaves."""

import asyncio
import time
from collections.abc import Callable, Hashable
from contextlib import suppress
from functools import partial
from itertools import count
from typing import Any

from benchmarks.loop import LOOP, awaited
from benchmarks.page import Case, Goal, Row, Run
from benchmarks.peers import caches as peers
from benchmarks.peers.caches import Async
from session1 import virtual_time
from session1.caching.single_flight import SingleFlight
from session1.caching.ttl import TTLCache
from session1.llm.simulated import SimulatedLLM
from session1.naive_tools import NaiveToolAgent
from session1.optimized_tools import OptimizedToolAgent
from session1.tool import Tool

TITLE = "Caches: get, put, hits, stampede, cancellation"
SIZE = 10_000
HOT = 100  # keys that are asked for
LRU = "functools.lru_cache"
GOALS = (
    Goal("get", SIZE, "cachetools TTLCache", low=5),
    Goal("get", SIZE, LRU, low=0.5),
    Goal("async hit", HOT, "async-lru", low=2),
    Goal("runs for 100 callers", 100, "ours", low=1, high=1),
    Goal("served when the first leaves", 5, "ours", low=4),
    Goal("runs when the first leaves", 5, "ours", low=1, high=1),
)


def cases(quick: bool) -> list[Callable[[], Case | Row]]:
    """Every case; they are the same when quick, for less time."""
    return [get, put, async_hit, tool_hit, stampede, served, runs_anew]


def get() -> Case:
    """Look up one of 100 hot keys among 10,000, by keys that are equal and not same."""
    ours, naive = TTLCache[Hashable, str](SIZE), NaiveCache()
    others = peers.get_put(SIZE)
    puts: list[Callable[[Any, Any], object]] = [ours.put, naive.put]
    puts += [pair[1] for pair in others.values() if not isinstance(pair, str)]
    for i in range(SIZE):
        for store in puts:
            store(key(i), "value")
    gets: dict[str, Callable[[Any], object] | str] = {
        name: pair if isinstance(pair, str) else pair[0]
        for name, pair in others.items()
    }
    gets[LRU] = peers.remembering(SIZE, [key(i) for i in range(SIZE)])
    hot = [key(SIZE - 1 - i) for i in range(HOT)]
    return Case(
        "get", SIZE, asks(hot, ours.get), asks(hot, naive.get), all_ask(hot, gets)
    )


def put() -> Case:
    """Store a new key in a cache of 10,000 that is full, so that another leaves."""
    others = {
        name: pair if isinstance(pair, str) else pair[1]
        for name, pair in peers.get_put(SIZE).items()
    }
    return Case(
        "put",
        SIZE,
        stores(TTLCache[Any, str](SIZE).put),
        stores(NaiveCache().put),
        {n: p if isinstance(p, str) else stores(p) for n, p in others.items()},
    )


def async_hit() -> Case:
    """Await a result that is kept: ours is the cache in front of single-flight."""
    work = Work(0)
    names = [f"key{i}" for i in range(HOT)]
    others = peers.cached(work)
    return Case(
        "async hit",
        HOT,
        hits(shared(work), names),
        None,
        {n: p if isinstance(p, str) else hits(p, names) for n, p in others.items()},
    )


def tool_hit() -> Case:
    """Await a tool's kept result through the agent: key, look-up, statistics."""

    async def weather(city: str, days: int) -> str:
        return "sunny"

    tool = Tool("weather", "", weather, cacheable=True)
    ours = OptimizedToolAgent("ours", SimulatedLLM(), [tool])
    naive = NaiveToolAgent("naive", SimulatedLLM(), [tool])
    params = [{"city": f"city{i}", "days": 3} for i in range(HOT)]

    def asking(agent: OptimizedToolAgent | NaiveToolAgent) -> Run:
        async def turn() -> None:
            for p in params:
                await agent.execute_tool_cached("weather", p)

        LOOP.run_until_complete(turn())
        run = awaited(turn, 10)
        return Run(run.call, run.scale / HOT)

    return Case("tool hit", HOT, asking(ours), asking(naive))


def stampede() -> Row:
    """How often work runs when 100 callers ask for it at once."""
    return compare("runs for 100 callers", 100, "runs", a_hundred_at_once)


def served() -> Row:
    """How many of the other 4 callers get the result when the first is cancelled."""
    return compare(
        "served when the first leaves", 5, "of 4", first_leaves(others_served)
    )


def runs_anew() -> Row:
    """How often work runs in all when the first of 5 callers is cancelled."""
    return compare("runs when the first leaves", 5, "runs", first_leaves(runs_in_all))


class Work:
    """Work of one second, virtual as a rule, that counts how often it runs."""

    def __init__(self, seconds: float = 1.0) -> None:
        self.runs = 0
        self.seconds = seconds

    async def __call__(self, key: str) -> str:
        self.runs += 1
        await asyncio.sleep(self.seconds)
        return key


class NaiveCache:
    """A dict with the time beside each value; nothing leaves."""

    def __init__(self) -> None:
        self.kept: dict[Any, dict[str, Any]] = {}

    def get(self, key: Any) -> Any:
        entry = self.kept.get(key)
        if entry is not None and time.time() - entry["timestamp"] < 3600:
            return entry["value"]
        return None

    def put(self, key: Any, value: Any) -> None:
        self.kept[key] = {"value": value, "timestamp": time.time()}


def shared(work: Async) -> Async:
    """Ask as both agents do: the cache, then one flight for all who miss it."""
    cache, flights = TTLCache[str, str](1000), SingleFlight[str, str]()

    async def run_and_keep(key: str) -> str:
        value: str = await work(key)
        cache.put(key, value)
        return value

    async def ask(key: str) -> str:
        value: str | None = cache.get(key)
        if value is not None:
            return value
        return await flights.run(key, partial(run_and_keep, key))

    return ask


def unshared(work: Async) -> Async:
    """Look in a dict, run, keep."""
    cache = NaiveCache()

    async def ask(key: str) -> Any:
        value = cache.get(key)
        if value is None:
            value = await work(key)
            cache.put(key, value)
        return value

    return ask


def compare(case: str, n: int, unit: str, count_up: Callable[..., Any]) -> Row:
    """A count for ours, for the naive cache and for the peers, on virtual time."""

    def figure(wrap: Callable[[Async], Async | str]) -> float | str:
        work = Work()
        asked = wrap(work)
        if isinstance(asked, str):
            return asked
        return float(virtual_time.run(count_up, asked, work).value)

    found = {name: figure(partial(_peer, name)) for name in peers.cached(Work())}
    return Row(
        case,
        n,
        float(figure(shared)),
        float(figure(unshared)),
        peers={name: f for name, f in found.items() if not isinstance(f, str)},
        missing={name: f for name, f in found.items() if isinstance(f, str)},
        unit=unit,
    )


def _peer(name: str, work: Async) -> Async | str:
    return peers.cached(work)[name]


async def a_hundred_at_once(ask: Async, work: Work) -> int:
    """Runs of the work."""
    await asyncio.gather(*(ask("key") for _ in range(100)))
    return work.runs


def first_leaves(result: Callable[[list[Any], Work], int]) -> Callable[..., Any]:
    """Five callers ask, the first is cancelled half-way, the rest get a minute."""

    async def scene(ask: Async, work: Work) -> int:
        callers = [asyncio.ensure_future(ask("key")) for _ in range(5)]
        await asyncio.sleep(0.5)
        callers[0].cancel()
        await asyncio.wait(callers, timeout=60)
        for caller in callers:
            caller.cancel()
        with suppress(asyncio.CancelledError):
            outcomes = await asyncio.gather(*callers, return_exceptions=True)
        return result(outcomes, work)

    return scene


def others_served(outcomes: list[Any], work: Work) -> int:
    """Callers who got their result."""
    return outcomes.count("key")


def runs_in_all(outcomes: list[Any], work: Work) -> int:
    """Runs of the work."""
    return work.runs


def key(i: int) -> Hashable:
    """A fresh key like that of a tool call."""
    return ("weather", f"city{i}", i)


def asks(hot: list[Hashable], get: Callable[[Any], object]) -> Run:
    """Every hot key once."""
    assert get(hot[0]) is not None

    def turn() -> None:
        for key in hot:
            get(key)

    return Run(turn, 1 / len(hot))


def all_ask(
    hot: list[Hashable], gets: dict[str, Callable[[Any], object] | str]
) -> dict[str, Run | str]:
    """Every peer's turn; a reason stays a reason."""
    return {n: g if isinstance(g, str) else asks(hot, g) for n, g in gets.items()}


def stores(put: Callable[[Any, Any], object]) -> Run:
    """A hundred keys that are new, into a cache that is full by then."""
    fresh = count()
    for _ in range(SIZE):
        put(key(next(fresh)), "value")

    def turn() -> None:
        for _ in range(HOT):
            put(("weather", "city", next(fresh)), "value")

    return Run(turn, 1 / HOT)


def hits(ask: Async, names: list[str]) -> Run:
    """Every name once, all of them kept before."""

    async def turn() -> None:
        for name in names:
            await ask(name)

    LOOP.run_until_complete(turn())
    run = awaited(turn, 10)
    return Run(run.call, run.scale / len(names))
