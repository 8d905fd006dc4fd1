"""Your tool agent, for `python demo_runner.py --mine`."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from types import SimpleNamespace
from typing import Any

from session1.demo.tool_runs import DEADLINE, Make
from session1.llm import SimulatedLLM
from session1.tool import Tool

PART = "tools"
AGENT = "agent"


def build(names: Mapping[str, Any], parts: SimpleNamespace) -> Make:
    """A maker of your agents, made of `parts`."""
    return partial(_made, names["ToolAgent"], parts)


def _made(
    agent: Callable[..., Any],
    parts: SimpleNamespace,
    tools: Sequence[Tool],
    clock: Callable[[], float],
) -> Any:
    return agent(SimulatedLLM(), tools, parts, deadline=DEADLINE, clock=clock)
