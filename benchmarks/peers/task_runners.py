"""Running many calls, so many at a time, in plain asyncio and other libraries."""

import asyncio
from collections.abc import Awaitable, Callable
from importlib.util import find_spec
from typing import Any

HOW = "not installed: pip install -e '.[bench]'"
Work = Callable[[int], Awaitable[Any]]
Runner = Callable[[Work, int, int], Awaitable[int]]  # work, calls, limit: results


async def semaphore(work: Work, n: int, limit: int) -> int:
    """All tasks at once, each of which waits for its turn: what most people write."""
    places = asyncio.Semaphore(limit)

    async def one(i: int) -> Any:
        async with places:
            return await work(i)

    return len(await asyncio.gather(*(one(i) for i in range(n))))


async def barrier(work: Work, n: int, limit: int) -> int:
    """Batches, each begun when the last has wholly ended: what the guide shows."""
    done = 0
    for i in range(0, n, limit):
        batch = (work(k) for k in range(i, min(i + limit, n)))
        done += len(await asyncio.gather(*batch, return_exceptions=True))
    return done


async def aiometer_amap(work: Work, n: int, limit: int) -> int:
    """aiometer's window with results as they end."""
    import aiometer

    done = 0
    async with aiometer.amap(work, list(range(n)), max_at_once=limit) as results:
        async for _ in results:
            done += 1
    return done


async def anyio_limiter(work: Work, n: int, limit: int) -> int:
    """A task group of anyio whose tasks share a capacity limiter."""
    import anyio

    places = anyio.CapacityLimiter(limit)
    done = 0

    async def one(i: int) -> None:
        nonlocal done
        async with places:
            await work(i)
            done += 1

    async with anyio.create_task_group() as group:
        for i in range(n):
            group.start_soon(one, i)
    return done


def runners() -> dict[str, Runner | str]:
    """The libraries that are installed, and why one is not to be had."""
    return {
        "aiometer amap": aiometer_amap if find_spec("aiometer") else HOW,
        "anyio CapacityLimiter": anyio_limiter if find_spec("anyio") else HOW,
    }
