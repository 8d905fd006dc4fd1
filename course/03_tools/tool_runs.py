"""What the reference does with tool calls, counted and timed on virtual time."""

import asyncio
import contextlib
import random
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any

from session1.llm.simulated import SimulatedLLM
from session1.optimized_tools import OptimizedToolAgent
from session1.runtime.batch import GiveUp, run_batch
from session1.tool import Tool
from session1.virtual_time import now, run


def reference_runs(callers: int) -> int:
    """How often the reference runs its tool for `callers` equal calls at once."""
    agent, starts = _agent(seconds=0.3)

    async def main() -> None:
        ask = partial(agent.execute_tool_cached, "price", {"item": "tea"})
        await asyncio.gather(*[ask() for _ in range(callers)])

    run(main)
    return len(starts)


def lasts(calls: Sequence[float], limit: int) -> float:
    """Seconds until calls that take so long are all done, `limit` at a time."""

    async def call(seconds: float, _give_up: GiveUp) -> None:
        await asyncio.sleep(seconds)

    async def main() -> None:
        await run_batch(call, calls, limit)

    return run(main).seconds


def fates(
    times: Sequence[float], ttl: float, seconds: float
) -> tuple[str, float, float]:
    """Letters (R run, J joined, H hit), average wait and average run, in seconds.

    One key is asked for at each of `times`; a run of the tool takes `seconds`.
    """
    agent, starts = _agent(seconds, ttl)

    async def at(time: float) -> float:
        await asyncio.sleep(time)
        await agent.execute_tool_cached("price", {"item": "tea"})
        return now() - time

    async def main() -> list[float]:
        return await asyncio.gather(*[at(time) for time in times])

    waits = run(main).value
    letters = [
        "R" if time in starts else "J" if wait else "H"
        for time, wait in zip(times, waits, strict=True)
    ]
    stats = agent.get_performance_stats()["tool_stats"]["price"]
    return "".join(letters), stats["avg_time"], stats["avg_execution_time"]


def about_letters(told: str, right: str, times: Sequence[float]) -> str:
    """Where to look: the first of the calls whose letter is wrong."""
    if len(told) != len(right):
        return f"one letter a call: {len(right)}, not {len(told)}"
    wrong = (i for i, letter in enumerate(told) if letter != right[i])
    call = next(wrong, None)
    if call is None:
        return ""
    asked = f"the call at {times[call]:g} s"
    if right[call] == "J":
        return f"{asked}: does the tool run then? who comes while it runs joins it"
    return f"{asked}: how old is the result then, counted from the end of its run?"


def slow_batches(
    gather: Callable[..., Awaitable[Any]], batches: int = 100, size: int = 20
) -> int:
    """How many of `batches` wait for a slow call, when one call in ten is slow."""
    rng = random.Random(0)

    async def call() -> None:
        await asyncio.sleep(2.0 if rng.random() < 0.1 else 0.2)

    async def main() -> int:
        slow = 0
        for _ in range(batches):
            began = now()
            await gather(*[call() for _ in range(size)])
            slow += now() - began > 1
        return slow

    return run(main).value


def _agent(seconds: float, ttl: float = 3600) -> tuple[OptimizedToolAgent, list[float]]:
    """An agent with one tool, and the times at which that tool started."""
    starts: list[float] = []

    async def price(item: str) -> int:
        starts.append(now())
        await asyncio.sleep(seconds)
        return len(item)

    tools = [Tool("price", "what an item costs", price, cacheable=True)]
    agent = OptimizedToolAgent("lab", SimulatedLLM(), tools, ttl=ttl, clock=now)
    return agent, starts


def given_up(runner: Callable[..., Awaitable[Any]]) -> str:
    """What becomes of six calls of 4 s, two at a time, given up after 1 s."""
    started: list[float] = []

    async def call() -> None:
        started.append(now())
        await asyncio.sleep(4)

    async def main() -> float:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(1):
                await runner([call] * 6, 2)
        return now()

    try:
        ended = run(main).value
    except NotImplementedError:
        return "Write `side_by_side` first, then run this cell again."
    return f"over at {ended:g} s, {len(started)} of 6 calls had started"
