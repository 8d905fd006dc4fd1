"""Run async code under the runner, which times plain calls."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from statistics import median

from benchmarks.page import Row, Run
from benchmarks.runner import pairwise, spread_of

Call = Callable[[], Awaitable[object]]
LOOP = asyncio.new_event_loop()


def awaited(call: Call, times: int = 100) -> Run:
    """`call` awaited `times` times in a row; the figure is for one."""

    async def turns() -> None:
        for _ in range(times):
            await call()

    return Run(lambda: LOOP.run_until_complete(turns()), 1 / times)


def wall(calls: dict[str, Call], rounds: int) -> dict[str, list[float]]:
    """Seconds on the wall that each call takes, in turns, after one to warm up."""
    taken: dict[str, list[float]] = {name: [] for name in calls}
    for turn in range(rounds + 1):
        for name, call in calls.items():
            seconds = LOOP.run_until_complete(timed(call))
            if turn:
                taken[name].append(seconds)
    return taken


async def timed(call: Call) -> float:
    """Seconds on the wall."""
    start = time.perf_counter()
    await call()
    return time.perf_counter() - start


def wall_row(
    case: str,
    n: int,
    taken: dict[str, list[float]],
    missing: dict[str, str],
    *,
    over: str | None = None,
    unit: str = "s",
    scale: float = 1.0,
) -> Row:
    """Medians as a row; with `over`, as multiples of that one's figure."""
    base = median(taken[over]) if over else 1.0
    scale = scale / base
    spread = {name: spread_of([x * scale for x in t]) for name, t in taken.items()}
    spread |= {
        f"ratio {name}": spread_of(pairwise(t, taken["ours"]))
        for name, t in taken.items()
        if name != "ours"
    }
    figures = {name: median(t) * scale for name, t in taken.items() if name != over}
    ours, naive = figures.pop("ours"), figures.pop("naive", None)
    return Row(
        case,
        n,
        ours,
        naive,
        naive / ours if naive is not None else None,
        figures,
        {name: figure / ours for name, figure in figures.items()},
        missing,
        spread,
        unit=unit,
    )


@contextmanager
def quiet_loop() -> Iterator[None]:
    """Peers that leave failures unseen may do so without filling the terminal."""
    LOOP.set_exception_handler(lambda _, __: None)
    try:
        yield
    finally:
        LOOP.set_exception_handler(None)
