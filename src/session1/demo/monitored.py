"""A learner's monitor beside ours, on the same calls of a simulated model."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from session1 import virtual_time
from session1.demo.part import YOURS, Context, Section
from session1.llm import LLMError, Message, SimulatedLLM
from session1.monitoring.kpi import KPIS
from session1.monitoring.manager import MonitoringManager
from session1.table import table

CALLS, EVERY_S, FAILS = 200, 0.5, 50  # every 50th call fails
Clock = Callable[[], float]
Figures = Mapping[str, float | None]


class Monitor(Protocol):
    """The interface that the demo needs of a monitor."""

    def track(self, func: Callable[..., Any]) -> Callable[..., Any]: ...
    def measurements(self) -> Figures: ...


Make = Callable[[Clock], Monitor]


class Ours:
    """`MonitoringManager` with the methods that a learner's monitor has."""

    def __init__(self, clock: Clock) -> None:
        self._monitor = MonitoringManager(clock=clock)

    def track(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """`func`, with every call recorded."""
        return self._monitor.track(func)

    def measurements(self) -> Figures:
        """The figures of all calls."""
        return self._monitor.measurements(under_load=True)


def section(context: Context) -> Section | None:
    """Both monitors' figures of the same calls; None where there is none of yours."""
    makers: dict[str, Make] = context.with_yours("monitoring", {"ours": Ours})
    if YOURS not in makers:
        return None
    found = context.each(
        "a monitor at work",
        makers,
        lambda make: virtual_time.run(watched, make).value,
    )
    rows = [
        [row.label, *(_shown(row, figures.get(row.key)) for figures in found.values())]
        for row in KPIS
        if any(figures.get(row.key) is not None for figures in found.values())
    ]
    head = [f"{CALLS} calls, every {FAILS}th fails", *found]
    return Section("yours", found, table(head, rows))


async def watched(make: Make) -> dict[str, float | None]:
    """Let a monitor measure calls that come on time and overlap."""
    llm = SimulatedLLM(fails=lambda number: number % FAILS == 0)
    monitor = make(virtual_time.now)

    async def ask(question: str) -> str:
        return (await llm.generate([Message("user", question)])).text

    tracked, calls = monitor.track(ask), []
    for number in range(CALLS):
        calls.append(asyncio.ensure_future(tracked(f"What is {number} squared?")))
        await asyncio.sleep(EVERY_S)
    for call in calls:
        try:
            await call
        except LLMError:
            continue
    measured = monitor.measurements()
    keys = ("p50", "p95", "p99", "throughput", "success_rate", "error_rate")
    return {key: measured[key] for key in keys}


def _shown(row: Any, value: float | None) -> str:
    return "-" if value is None else row.shown(value)
