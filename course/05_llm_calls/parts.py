"""The reference's parts of `Client`; each stands in where yours is not there yet."""

import json
import re
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from typing import Any

from session1.llm.complexity import classify
from session1.llm.errors import LLMError

PARTS = {
    "key": "cache_key",
    "prefix": "layout",
    "budget": "fit",
    "router": "is_hard",
    "stream": "relay",
}
_QUOTED = re.compile(r'"[^"]*"')


def cache_key(request: dict[str, Any]) -> str | None:
    """Text that stands for the answer to `request`; None if the next may differ."""
    if request.get("temperature", 1) != 0 and request.get("seed") is None:
        return None
    told = {name: request[name] for name in request if name not in ("stream", "user")}
    return json.dumps(told, sort_keys=True)


def layout(call: Any) -> list[str]:
    """The parts of a prompt, those that change least first."""
    return [
        *(call.rules, call.tools, call.documents, *call.history),
        *(call.question, call.clock),
    ]


def fit(
    room: int,
    must: Sequence[str],
    history: Sequence[str],
    examples: Sequence[tuple[float, str]],
    count: Callable[[str], int],
) -> tuple[list[str], list[str]]:
    """What stays of history and examples, beside what must."""
    left = room - sum(map(count, must))
    if left < 0:
        raise ValueError(f"what must stay takes {-left} tokens too many")
    turns: list[str] = []
    for turn in reversed(history):
        if (size := count(turn)) > left:
            break
        turns.insert(0, turn)
        left -= size
    chosen = set[int]()
    for place in sorted(range(len(examples)), key=lambda i: -examples[i][0]):
        if (size := count(examples[place][1])) <= left:
            chosen.add(place)
            left -= size
    return turns, [examples[place][1] for place in sorted(chosen)]


def is_hard(prompt: str) -> bool:
    """Whether `prompt` needs the large model."""
    asked = _QUOTED.sub(" ", prompt).lower()
    return classify(asked or "?").complexity in ("complex", "reasoning")


async def relay(llm: Any, prompt: Any, **options: Any) -> AsyncGenerator[str, None]:
    """The pieces of an answer; LLMError where it breaks off."""
    ended: list[Any] = []
    async with aclosing(llm.stream(prompt, **options, on_end=ended.append)) as pieces:
        async for piece in pieces:
            yield piece
    if not ended:
        raise LLMError("the answer broke off: ask again")
