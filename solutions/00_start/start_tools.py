"""Tools that take their time, and a timeline of when each was at work."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from session1 import virtual_time

WIDTH = 36  # characters of the longest timeline


class SlowTool:
    """An agent's tool: `await tool()` gives its answer after some seconds."""

    def __init__(self, name: str, answer: str, seconds: float = 0.3) -> None:
        self.name, self.answer, self.seconds = name, answer, seconds
        self.spans: list[tuple[float, float]] = []

    async def __call__(self) -> str:
        start = virtual_time.now()
        try:
            await asyncio.sleep(self.seconds)
        finally:
            self.spans.append((start, virtual_time.now()))
        return self.answer


def look(got: Any, wanted: Sequence[str], calls: int) -> str:
    """Where to look when `got` came instead of `wanted`, after so many calls."""
    if type(got) is not list:
        return "`await asyncio.gather(*calls)` gives a list of the answers: return that"
    if not calls:
        return "call the tools that it is given: none of them was called"
    if sorted(map(str, got)) == sorted(wanted):
        return "all are there, in another order: `gather` keeps that of the calls"
    if got == [answer for answer in wanted if answer]:
        return "an empty answer is an answer, too"
    if set(map(str, got)) == set(wanted):
        return "tools may answer alike, or stand in the list twice: an answer for each"
    if got == [*wanted][: len(got)]:
        return "call every tool in `tools`, however many there are"
    return "`await asyncio.gather(*calls)` gives them, in the order of the calls"


class Timeline:
    """Who was at work when; shows as text, a bar a call."""

    def __init__(self, tools: Sequence[SlowTool], seconds: float) -> None:
        self.seconds = seconds
        self.rows = [(t.name, *span) for t in tools for span in t.spans]
        self.full = sum(t.seconds for t in tools)

    def __repr__(self) -> str:
        lines = [
            f"{name:<10} {self._bar(start, end)} {start:.1f} to {end:.1f} s"
            for name, start, end in self.rows
        ]
        return "\n".join([*lines, f"all done after {self.seconds:.1f} s"])

    def _bar(self, start: float, end: float) -> str:
        first, last = (min(WIDTH, round(t / self.full * WIDTH)) for t in (start, end))
        return "·" * first + "█" * (last - first) + "·" * (WIDTH - last)


def timeline(
    ask: Callable[[Sequence[SlowTool]], Awaitable[Any]], tools: Sequence[SlowTool]
) -> Timeline:
    """Run `ask(tools)` on virtual time and show when each tool was at work."""
    for tool in tools:
        tool.spans.clear()
    done = virtual_time.run(ask, tools)
    return Timeline(tools, done.seconds)
