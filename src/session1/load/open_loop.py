"""Play a trace to an agent: callers come when they come, answered or not.

A caller's wait begins at the time planned for it. Counted from when the agent got round
to looking, the waits of all who queued behind a slow answer would be left out, which is
called coordinated omission.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import psutil

from session1.hybrid_time import HybridLoop, now
from session1.latency.fallback import STAND_INS
from session1.load.figures import GOOD, Load
from session1.load.trace import Arrival

Ask = Callable[[str], Awaitable[Any]]  # gives text, or a dict with a "response"


async def play(ask: Ask, trace: Sequence[Arrival]) -> Load:
    """How every message of `trace` was answered; the agent gets each at its time.

    Times are on the loop's clock. The process time is that of callers and agent.
    """
    loop = asyncio.get_running_loop()
    last = trace[-1].at if trace else 0.0
    waits: list[float] = []
    served: list[bool] = []
    ends: Counter[str] = Counter()
    errors: Counter[str] = Counter()
    begin, began = now(), time.process_time()

    async def call(one: Arrival) -> None:
        try:
            end = judged(await ask(one.text), one)
        except Exception as e:
            end = "error"
            errors[type(e).__name__] += 1
        done = now() - begin
        waits.append(done - one.at)
        ends[end] += 1
        served.append(end in GOOD and done <= last)

    calls: set[asyncio.Task[None]] = set()
    for one in trace:
        early = begin + one.at - now()
        if early > 0:
            await asyncio.sleep(early)
        task = loop.create_task(call(one))
        calls.add(task)
        task.add_done_callback(calls.discard)
    while calls:
        await asyncio.wait(calls)
    skipped = loop.skipped if isinstance(loop, HybridLoop) else 0.0
    return Load(
        waits=waits,
        ends=ends,
        errors=errors,
        served=sum(served),
        span_s=last,
        seconds=now() - begin,
        cpu_s=time.process_time() - began,
        skipped_s=skipped,
        rss_bytes=psutil.Process().memory_info().rss,
    )


def judged(answer: Any, asked: Arrival) -> str:
    """How a message was answered: "exact", "fuzzy", …, "model", "stand-in", "wrong".

    A stand-in is one wherever it comes from, and an answer that is not among those
    that fit is wrong.
    """
    found = answer if isinstance(answer, dict) else {"response": answer}
    text, hit = found["response"], found.get("cache_hit", False)
    if text in STAND_INS:
        return "stand-in"
    if asked.fits is not None and text not in asked.fits:
        return "wrong"
    if hit is True:
        return "exact"
    return hit or "model"
