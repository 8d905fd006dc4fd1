"""The table of key figures for what was measured here, side by side."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

from session1.load.agents import Plan
from session1.load.agents import run as played
from session1.monitoring.kpi import KPIS

Figures = Mapping[str, float | None]
RATE, SECONDS = 2000.0, 1.0


async def reference_under_load() -> Figures:
    """The figures of the reference agent, with all its parts, on this machine."""
    plan = Plan("composed", RATE, SECONDS)
    load = await asyncio.to_thread(played, plan)
    return load.measurements()


def show_table(columns: Mapping[str, Figures], verdict: Callable[..., Any]) -> None:
    """Print each row of the table with its figure and verdict in each column."""
    print(f"{'':14}" + "".join(f"{name:>26}" for name in columns))
    for row in KPIS:
        found = [one.get(row.key) for one in columns.values()]
        if all(value is None for value in found):
            continue
        cells = [_cell(row, value, verdict) for value in found]
        print(f"{row.label:14}" + "".join(f"{cell:>26}" for cell in cells))


def _cell(row: Any, value: float | None, verdict: Callable[..., Any]) -> str:
    said = verdict(value, row.target, row.excellent, row.action)
    return said if value is None else f"{row.shown(value)} {said}"
