"""The reference's parts of `FastAgent`; each stands in where yours is not there yet."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence

from session1.latency.tuner import Tuner
from session1.reuse.gate import judge
from session1.reuse.normal_form import NEGATIONS
from session1.reuse.similarity import best_by_scan, tokens, words

PARTS = {
    "fallback": "Responder",
    "late": "ask",
    "similar": "similar",
    "gate": "same_question",
    "retarget": "retarget",
}
FALLBACK = "That takes longer than it should. Ask me again in a moment."
Model = Callable[[str], Awaitable[str]]
_running: set[asyncio.Task[None]] = set()  # asyncio alone might drop them


async def ask(model: Model, kept: dict[str, str], message: str, deadline: float) -> str:
    """Answer within `deadline` seconds; keep the model's answer whenever it comes."""

    async def generate() -> None:
        kept[message] = await model(message)

    if message in kept:
        return kept[message]
    task = asyncio.create_task(generate())
    _running.add(task)
    task.add_done_callback(_running.discard)
    await asyncio.wait([task], timeout=deadline)
    if not task.done():
        return FALLBACK
    task.result()  # raises what the model raised
    return kept[message]


class Responder:
    """Holds a model, a deadline and the answers kept."""

    def __init__(self, model: Model, deadline: float) -> None:
        self.model, self.deadline = model, deadline
        self.kept: dict[str, str] = {}

    async def ask(self, message: str) -> str:
        """Answer within the deadline."""
        return await ask(self.model, self.kept, message, self.deadline)


def similar(message: str, kept: Iterable[str], threshold: float = 0.7) -> str | None:
    """Return the most similar kept message with the same negations and numbers."""
    asked = _facts(message)
    entries = [(other, tokens(other)) for other in kept if _facts(other) == asked]
    found = best_by_scan(entries, tokens(message), threshold)
    return found[0].key if found else None


def _facts(message: str) -> tuple[int, list[str]]:
    said = words(message)
    numbers = [word for word in said if word[:1].isdigit()]
    return sum(word in NEGATIONS for word in said), numbers


def same_question(message: str, other: str) -> bool:
    """Whether the reference's nine guards let one answer serve both."""
    return judge(message, other).same


def retarget(target: float, log: Sequence[tuple[str, float]]) -> float:
    """Return the next target, judged by the model's times alone."""
    tuner = Tuner(1e-9, 30.0, window=len(log) + 20, enough=20)
    for how, seconds in log:
        if how == "model":
            tuner.record(seconds)
    return tuner.tune(target)
