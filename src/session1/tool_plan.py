"""Ask a model which tools to call, read what it says, and ask it for the answer."""

import inspect
import json
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from session1.llm.client import Message
from session1.tool import Tool

MAX_REQUESTS = 16  # a plan is cut here: a model that repeats itself would go on


def plan_prompt(tools: Iterable[Tool], message: str) -> list[Message]:
    """Ask for the tool calls that `message` needs, as a JSON list."""
    offered = "\n".join(
        f"- {tool.name}{_parameters(tool)}: {tool.description}" for tool in tools
    )
    rules = (
        f"You can call these tools:\n{offered}\n"
        'Reply with a JSON list of calls, such as [{"tool": "name", "params": {}}], '
        "and nothing else. Reply [] if no tool helps."
    )
    return [Message("system", rules), Message("user", message)]


def read_plan(text: str, known: Collection[str]) -> list[dict[str, Any]]:
    """The requests for known tools in a model's reply; empty if it holds no plan."""
    start = text.find("[")
    if start < 0:
        return []
    try:
        plan, _ = json.JSONDecoder().raw_decode(text, start)
    except (ValueError, RecursionError):
        return []
    return [
        {"tool": call["tool"], "params": call.get("params", {})}
        for call in plan
        if isinstance(call, dict)
        and isinstance(call.get("tool"), str)
        and call["tool"] in known
    ][:MAX_REQUESTS]


def answer_prompt(message: str, results: Iterable[Mapping[str, Any]]) -> list[Message]:
    """Ask for the answer to `message` given what the tools returned."""
    lines = "\n".join(
        f"{r['tool']}: {r['result'] if r['success'] else 'failed: ' + r['error']}"
        for r in results
    )
    rules = f"Answer from these tool results:\n{lines}"
    return [Message("system", rules), Message("user", message)]


def _parameters(tool: Tool) -> str:
    try:
        return str(inspect.signature(tool.run))
    except (TypeError, ValueError):
        return "(...)"
