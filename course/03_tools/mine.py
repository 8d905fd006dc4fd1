"""Your answers as a tool agent, for `python demo_runner.py --mine`.

What is not solved yet is done as the naive tools do it.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from coursekit import assemble
from session1.tool import Tool

PART = "tools"
USES = ("key", "flight", "poisoned", "side_by_side")


class NaiveKept:
    """Results by key, handed out as they are."""

    def __init__(self, run: Callable[[Any], Any]) -> None:
        self.run, self.kept = run, dict[Any, Any]()

    async def get(self, key: Any) -> Any:
        if key not in self.kept:
            self.kept[key] = await self.run(key)
        return self.kept[key]


async def naive_once(flights: Any, key: Any, start: Callable[[], Any]) -> Any:
    """Each caller starts a run."""
    return await start()


async def naive_side_by_side(calls: Sequence[Any], limit: int) -> list[Any]:
    """All at once; a failure becomes an answer that says so."""
    done = await asyncio.gather(*[call() for call in calls], return_exceptions=True)
    return [
        {"success": False, "error": str(one)}
        if isinstance(one, BaseException)
        else {"success": True, "result": one}
        for one in done
    ]


def build(names: Mapping[str, Any]) -> Callable[..., Any]:
    """A maker of agents out of `freeze`, `order`, `Kept` and `side_by_side`."""
    freeze = names.get("freeze", str)
    made: dict[str, Any] = {"asyncio": asyncio, "once": naive_once}
    if "order" in names:
        exec(assemble("flight", names["order"]), made)
    side_by_side = names.get("side_by_side", naive_side_by_side)

    class Yours:
        def __init__(self, tools: Sequence[Tool], clock: Callable[[], float]) -> None:
            self.tools = {tool.name: tool for tool in tools}
            self.calls: dict[Any, Any] = {}
            self.flights: dict[Any, Any] = {}
            self.kept = names.get("Kept", NaiveKept)(self.run)

        async def run(self, key: Any) -> Any:
            return await made["once"](self.flights, key, self.calls[key])

        async def execute_tool_cached(self, name: str, params: Any) -> Any:
            call = partial(self.tools[name].execute, params)
            if not self.tools[name].cacheable:
                return await call()
            key = freeze([name, params])
            self.calls.setdefault(key, call)
            return await self.kept.get(key)

        async def execute_tools_parallel(self, requests: Sequence[Any]) -> Any:
            run = self.execute_tool_cached
            calls = [partial(run, r["tool"], r["params"]) for r in requests]
            return await side_by_side(calls, 64)

    return Yours
