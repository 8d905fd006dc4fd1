"""Tools that do real work on the real data, and a record of when they ran."""

import asyncio
import inspect
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import wraps
from importlib.resources import files
from typing import Any

from session1.data import Conversation, answers
from session1.extras import need
from session1.reuse.similarity import jaccard, tokens
from session1.tool import Tool

METRES = {"metre": 1.0, "km": 1000.0, "mile": 1609.344, "foot": 0.3048}
NEVER = "never"  # a conversation whose fetch hangs


@dataclass(slots=True)
class Toolbox:
    """Six tools on `talks`; a fetch waits `delay` seconds, as for a server.

    `runs` tells which tool ran from when to when, on `clock`; `notes` is what the one
    tool that changes something has written.
    """

    talks: Sequence[Conversation]
    delay: float = 0.1
    clock: Callable[[], float] = time.perf_counter
    runs: list[tuple[str, float, float]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def tools(self) -> list[Tool]:
        """The tools, each recording its runs."""
        same = (self.search, self.fetch, self.answer, self.lines, self.convert)
        return [self._tool(run, True) for run in same] + [self._tool(self.note, False)]

    def search(self, query: dict[str, str]) -> list[str]:
        """Ids of the conversations in which `query["speaker"]` says `query["word"]`."""
        who, word = query["speaker"], query["word"]
        return [
            talk.id
            for talk in self.talks
            if any(t.speaker == who and word in t.text.casefold() for t in talk.turns)
        ]

    async def fetch(self, talk: str) -> str:
        """The first message of a conversation, from far away."""
        await asyncio.sleep(3600 if talk == NEVER else self.delay)
        for found in self.talks:
            if found.id == talk:
                return found.turns[0].text
        raise ValueError(f"no conversation {talk}")

    def answer(self, question: str) -> str:
        """The answer to the question most like this one."""
        wanted = tokens(question)
        like = max(answers(), key=lambda qa: jaccard(wanted, tokens(qa.question)))
        return like.answer

    def lines(self, topic: str) -> int:
        """How many lines the file of a topic has; blocks while it reads."""
        folder = files(need("chatterbot_corpus", "course")).joinpath("data", "english")
        return len(folder.joinpath(f"{topic}.yml").read_text("utf-8").splitlines())

    def convert(self, value: float, unit: str, to: str) -> float:
        """A length in another unit: m, km, mile or foot."""
        return value * METRES[unit] / METRES[to]

    def note(self, text: str) -> int:
        """Write `text` down; returns how many notes there are."""
        self.notes.append(text)
        return len(self.notes)

    def _tool(self, run: Callable[..., Any], cacheable: bool) -> Tool:
        name, told = run.__name__, str(run.__doc__)
        record = _async_record if inspect.iscoroutinefunction(run) else _record
        return Tool(name, told, record(run, self), cacheable)


def _record(run: Callable[..., Any], box: Toolbox) -> Callable[..., Any]:
    @wraps(run)
    def recorded(**params: Any) -> Any:
        began = box.clock()
        try:
            return run(**params)
        finally:
            box.runs.append((run.__name__, began, box.clock()))

    return recorded


def _async_record(run: Callable[..., Any], box: Toolbox) -> Callable[..., Any]:
    @wraps(run)
    async def recorded(**params: Any) -> Any:
        began = box.clock()
        try:
            return await run(**params)
        finally:
            box.runs.append((run.__name__, began, box.clock()))

    return recorded
