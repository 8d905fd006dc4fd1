"""Your tool agent at work, on virtual time: eight calls, and the demo's tool part."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from mine import build
from scenes import FATES, Shop

from session1.data import conversations
from session1.demo import tools
from session1.demo.tool_runs import (
    AGENTS,
    identical,
    one_bad_one_stuck,
    results_of,
    session,
    session_of,
)
from session1.llm import ModelMissing, connect
from session1.tool import Tool
from session1.virtual_time import run

LATER = "Write `ToolAgent` first, then run this cell again."


def figures(make: Callable[[list[Tool]], Any]) -> str:
    """What an agent says of the eight calls that were worked out by hand."""

    async def eight() -> dict[str, Any]:
        agent = make(Shop().tools[:1])

        async def at(second: float) -> None:
            await asyncio.sleep(second)
            await agent.execute_tool_cached("price", {"item": "tea"})

        await asyncio.gather(*map(at, FATES))
        found: dict[str, Any] = agent.get_performance_stats()
        return found

    try:
        return "\n".join(f"{k:20}{v}" for k, v in run(eight).value.items())
    except NotImplementedError:
        return LATER


def demo(yours: Callable[..., Any], parts: Any) -> str:
    """The naive agent, yours and ours, each with the same calls, as tables."""
    try:
        return "\n\n".join(section.text for section in sections(yours, parts))
    except NotImplementedError:
        return LATER


def sections(yours: Callable[..., Any], parts: Any) -> list[Any]:
    """What the demo counts: equal calls, a day of calls, a call that is bad."""
    made = build({"ToolAgent": yours}, parts)
    makers = {"naive": AGENTS["naive"], "yours": made, "ours": AGENTS["ours"]}
    talks = conversations(60, min_turns=4)
    calls = session_of(talks, 200)
    right = run(results_of, talks, calls).value

    def each(scene: Callable[..., Awaitable[Any]], *given: Any) -> dict[str, Any]:
        return {who: run(scene, make, *given).value for who, make in makers.items()}

    shared: dict[str, dict[int, int]] = {who: {} for who in makers}
    for callers in tools.CALLERS:
        for who, runs in each(identical, talks, callers).items():
            shared[who][callers] = runs
    return [
        tools.identical_section(shared),
        tools.session_section(each(session, talks, calls, right)),
        tools.apart_section(each(one_bad_one_stuck, talks)),
    ]


async def talk(kind: str, make: Callable[[Any], Any], *questions: str) -> str:
    """What an agent with a model of this kind answers, and the tools it ran for it."""
    try:
        agent = make(connect(kind))
    except ModelMissing as error:
        return str(error)
    lines = []
    for question in questions:
        try:
            lines.append(f"{question}\n  → {(await agent.ask(question)).strip()}")
        except NotImplementedError:
            return LATER
    found = agent.get_performance_stats()["tool_stats"]
    ran = [f"{name} {found[name]['runs']}" for name in found if found[name]["runs"]]
    return "\n".join([*lines, f"runs: {', '.join(ran) or 'none'}"])
