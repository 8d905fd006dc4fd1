"""Let a model choose the tools to call, and ask it for the answer from their results.

A model that answers under a JSON schema can only name tools that are there, with the
parameters that they take. With examples, and texts that it must quote from the
question, even one of 135 million parameters does that well.
"""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from session1.llm.client import LLMClient, Message, Schema
from session1.llm.errors import LLMError
from session1.tool import Tool

MAX_REQUESTS = 16  # a plan is cut here: a model that repeats itself would go on
PLAN_TOKENS = 512  # at most for a plan, which ends by itself
QUOTED_WORDS = 6  # at most in a text that is quoted
_EXAMPLES: dict[str, list[dict[str, Any]]] = {
    "How do you say cheese in French?": [
        {"tool": "translate", "params": {"text": "cheese", "language": "French"}}
    ],
    "Send Maria the message: I am late.": [
        {"tool": "send_message", "params": {"to": "Maria", "text": "I am late"}}
    ],
    "Play a song by Queen.": [{"tool": "play_music", "params": {"artist": "Queen"}}],
}


async def plan_tools(
    llm: LLMClient, tools: Iterable[Tool], question: str, *, quote: bool = True
) -> list[dict[str, Any]]:
    """The calls that the model thinks `question` needs, none if no tool helps.

    Each is `{"tool": name, "params": {...}}`. With `quote` the texts in `params` are
    words of the question, which keeps a small model from inventing them; a large one
    may do without. LLMError if the plan is cut off.
    """
    offered = list(tools)
    if not offered:
        return []
    reply = await llm.generate(
        plan_prompt(offered, question),
        max_tokens=PLAN_TOKENS,
        schema=plan_schema(offered, question if quote else ""),
    )
    if reply.finish == "length":
        raise LLMError("the plan of tool calls was cut off: ask for fewer at once")
    return read_plan(reply.text, {tool.name for tool in offered})


def plan_prompt(tools: Iterable[Tool], message: str) -> list[Message]:
    """Ask for the tool calls that `message` needs, as JSON."""
    offered = "\n".join(
        f"- {tool.name}{tool.takes}: {tool.description}" for tool in tools
    )
    rules = (
        f"You can call these tools:\n{offered}\n"
        "Reply with the calls that the question needs, as JSON."
    )
    return [Message("system", rules), *_examples(), Message("user", message)]


def plan_schema(tools: Iterable[Tool], question: str = "") -> Schema:
    """What a plan may look like: calls of these tools with the parameters they take.

    The texts in them are quotes of `question`, if one is given.
    """
    calls = [_call_schema(tool, question) for tool in tools]
    plan = {"type": "array", "items": {"anyOf": calls}, "maxItems": MAX_REQUESTS}
    return _object({"calls": plan})


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


def answer_prompt(
    message: str, results: Iterable[Mapping[str, Any]], system: str | None = None
) -> list[Message]:
    """Ask for the answer to `message` given what the tools returned."""
    lines = "\n".join(
        f"{r['tool']}: {r['result'] if r['success'] else 'failed: ' + r['error']}"
        for r in results
    )
    rules = f"{system or ''}\nAnswer from these tool results:\n{lines}".lstrip()
    return [Message("system", rules), Message("user", message)]


def _examples() -> Iterator[Message]:
    for question, calls in _EXAMPLES.items():
        yield Message("user", question)
        yield Message("assistant", json.dumps({"calls": calls}))


def _call_schema(tool: Tool, question: str) -> dict[str, Any]:
    params = _quoting(tool.schema, _quotes(question)) if question else tool.schema
    call = _object({"tool": {"const": tool.name}, "params": params})
    return {**call, "description": tool.description}


def _object(properties: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": dict(properties),
        "required": list(properties),
        "additionalProperties": False,
    }


def _quotes(question: str) -> list[str]:
    """Every run of a few words in `question`, without the signs around it."""
    words = question.split()
    runs = (
        " ".join(words[i : i + n]).strip("?.,;:!'\"()")
        for n in range(1, QUOTED_WORDS + 1)
        for i in range(len(words) - n + 1)
    )
    return list(dict.fromkeys(filter(None, runs)))


def _quoting(schema: Any, quotes: list[str]) -> Any:
    """`schema` with each text that may be anything now one of `quotes`."""
    if isinstance(schema, list):
        return [_quoting(part, quotes) for part in schema]
    if not isinstance(schema, dict):
        return schema
    kinds = schema.get("type")
    if kinds == "string" and quotes and not {"enum", "const", "pattern"} & set(schema):
        return {"enum": quotes}
    return {key: _quoting(part, quotes) for key, part in schema.items()}
