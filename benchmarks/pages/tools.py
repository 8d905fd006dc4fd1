"""Page `tools`: many calls at once, what a call costs, blocking tools, one bad one."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from functools import partial
from statistics import median
from typing import Any

from benchmarks.loop import LOOP, Call, quiet_loop, wall, wall_row
from benchmarks.page import Case, Goal, Row
from benchmarks.peers.tool_runners import Batch, runners
from benchmarks.runner import no_collection
from session1.llm.simulated import SimulatedLLM
from session1.naive_tools import NaiveToolAgent
from session1.optimized_tools import OptimizedToolAgent
from session1.tool import Tool

TITLE = "Tools: side by side, overhead, blocking, isolation"
GOALS = (
    Goal("64 waits of 20 ms, over the floor", 64, "ours", high=1.1),
    Goal("own cost of a call", 1, "ours", high=5),
    Goal("own cost of a call", 1_000, "ours", high=5),
    Goal("8 blocking calls of 50 ms", 8, "ours", high=110),
    Goal("good results beside one bad", 7, "ours", low=7),
)
Agent = OptimizedToolAgent | NaiveToolAgent


def cases(quick: bool) -> list[Callable[[], Case | Row]]:
    """Every case; quick takes fewer rounds."""
    rounds = 3 if quick else 9
    return [
        partial(waits, 64, 9),
        partial(own_cost, 1, rounds),
        partial(own_cost, 1_000, rounds),
        partial(blocking, 8, rounds),
        partial(beside_one_bad, 7),
    ]


def waits(n: int, rounds: int) -> Row:
    """Wall time of `n` calls that wait 20 ms each, as multiples of gathered sleeps."""

    async def nap(n: int) -> int:
        """Wait."""
        await asyncio.sleep(0.02)
        return n

    calls, missing = contenders(nap, n)
    calls["floor"] = lambda: asyncio.gather(*(asyncio.sleep(0.02) for _ in range(n)))
    unit = "x floor"
    return wall_row(
        "64 waits of 20 ms, over the floor",
        n,
        wall(calls, rounds),
        missing,
        over="floor",
        unit=unit,
    )


def own_cost(n: int, rounds: int) -> Row:
    """CPU time of one of `n` calls that do nothing, less that of `gather` bare."""

    async def nothing(n: int) -> int:
        """Nothing."""
        return n

    calls, missing = contenders(nothing, n)
    bare: Call = lambda: asyncio.gather(*(nothing(n=i) for i in range(n)))  # noqa: E731
    if n == 1:
        bare = partial(nothing, n=1)
    calls["bare"] = bare
    times, few = max(1, 200 // n), max(1, 5 // n)
    quick_ones = ("ours", "naive", "bare")
    taken: dict[str, list[float]] = {name: [] for name in calls}
    with no_collection():
        for turn in range(rounds + 2):
            for name, call in calls.items():
                cost = cpu(call, times if name in quick_ones else few) / n
                if turn > 1:
                    taken[name].append(cost)
    floor = median(taken.pop("bare"))
    own = {name: [cost - floor for cost in costs] for name, costs in taken.items()}
    return wall_row("own cost of a call", n, own, missing, unit="µs", scale=1e6)


def blocking(n: int, rounds: int) -> Row:
    """Wall time of `n` tools that block for 50 ms; ours has four threads."""

    def block(n: int) -> int:
        """Block."""
        time.sleep(0.05)
        return n

    calls, missing = contenders(block, n, is_async=False)
    return wall_row(
        "8 blocking calls of 50 ms",
        n,
        wall(calls, min(rounds, 5)),
        missing,
        unit="ms",
        scale=1e3,
    )


def beside_one_bad(good: int) -> Row:
    """How many of `good` results come back when one more call fails."""

    async def fragile(n: int) -> int:
        """Fail for 0."""
        await asyncio.sleep(0.001)
        if n == 0:
            raise ValueError("bad")
        return n

    calls, missing = contenders(fragile, good + 1, answers=True)
    with quiet_loop():
        kept = {
            name: LOOP.run_until_complete(survivors(call))
            for name, call in calls.items()
        }
    ours, naive = kept.pop("ours"), kept.pop("naive")
    return Row(
        "good results beside one bad",
        good,
        ours,
        naive,
        peers=kept,
        missing=missing,
        unit=f"of {good}",
    )


async def survivors(call: Call) -> float:
    """Good results of a batch with one bad call; none if it fails as a whole."""
    try:
        answers: Any = await call()
    except Exception:
        return 0.0
    if isinstance(answers, int):  # a peer, which counts the bad one's answer too
        return float(answers - 1)
    return float(sum(answer["success"] for answer in answers))


def contenders(
    run: Callable[..., Any], n: int, is_async: bool = True, answers: bool = False
) -> tuple[dict[str, Call], dict[str, str]]:
    """Calls that run the tool `n` times at once, and why some library has none."""
    tool = Tool("tool", "a tool", run)
    params = [{"n": i} for i in range(n)]
    requests = [{"tool": "tool", "params": p} for p in params]
    ours = OptimizedToolAgent("ours", SimulatedLLM(), [tool], limit=10_000)
    naive = NaiveToolAgent("naive", SimulatedLLM(), [Tool("web_search", "", run)])
    unkept = [{"tool": "web_search", "params": p} for p in params]
    calls: dict[str, Call] = {
        "ours": partial(ours.execute_tools_parallel, requests),
        "naive": partial(naive.execute_tools_parallel, unkept),
    }
    if n == 1:
        calls["ours"] = partial(ours.execute_tool_cached, "tool", params[0])
        calls["naive"] = partial(naive.execute_tool_cached, "web_search", params[0])
    peers = runners(run, is_async)
    missing = {name: why for name, why in peers.items() if isinstance(why, str)}
    for name, batch in peers.items():
        if not isinstance(batch, str):
            calls[name] = batch_of(batch, params)
    return calls, missing


def batch_of(
    batch: Batch, params: list[dict[str, Any]]
) -> Callable[[], Awaitable[int]]:
    """A peer's batch with its parameters given."""
    return lambda: batch(params)


def cpu(call: Call, times: int) -> float:
    """CPU seconds of this thread for one `call`, over `times` of them in a row."""

    async def turns() -> None:
        for _ in range(times):
            await call()

    start = time.thread_time()
    LOOP.run_until_complete(turns())
    return (time.thread_time() - start) / times
