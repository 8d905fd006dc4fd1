"""Scenes in which an agent shows what it remembers; each returns plain data.

`build(llm, limit_bytes, clock)` makes the agent, with a fourth argument one of this
`max_context_size`; with `latest` it has this place for its latest messages.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from session1.demo.replay import HandClock
from session1.llm import LLMError
from session1.memory.entry import MemoryEntry, footprint

SLOT = 160  # as in the agent's cell
START = datetime(2026, 1, 5, 9, tzinfo=UTC)
LATEST = 2  # messages of a conversation that `loaded` puts among the latest
Build = Callable[..., Any]
Said = Sequence[tuple[str, float]]  # each text with its importance


class Listener:
    """A model that records its prompts as (role, content) pairs, and may fail."""

    def __init__(self, says: str = "Noted.", error: Exception | None = None) -> None:
        self.says, self.error = says, error
        self.prompts: list[list[tuple[str, str]]] = []

    async def generate(self, prompt: Any, **options: Any) -> SimpleNamespace:
        """Record the prompt and answer."""
        self.prompts.append([(m.role, m.content) for m in prompt])
        if self.error:
            raise self.error
        return SimpleNamespace(text=self.says)


class Slow:
    """A model that takes a minute."""

    async def generate(self, prompt: Any, **options: Any) -> SimpleNamespace:
        """Answer, after a minute."""
        await asyncio.sleep(60)
        return SimpleNamespace(text="At last.")


@dataclass(eq=False)
class Watched:
    """A `ByteCounter` that notes the most bytes it ever held."""

    entries: list[MemoryEntry] = field(default_factory=list)
    total: int = 0
    most: int = 0

    def add(self, entry: MemoryEntry) -> None:
        """Append `entry`."""
        self.entries.append(entry)
        self.total += entry.size_bytes
        self.most = max(self.most, self.total)

    def drop_oldest(self) -> None:
        """Remove the first entry."""
        self.total -= self.entries.pop(0).size_bytes


def using(own: Any, latest: Watched | None) -> Any:
    """The parts `own`, with this place for the latest messages if there is one."""
    if latest is None:
        return own
    parts = SimpleNamespace(rank=own.rank, pack=own.pack, keep=own.keep)
    parts.Bounded, parts.ByteCounter = own.Bounded, lambda: latest
    return parts


def minute(n: float) -> datetime:
    """The time, `n` minutes after the start."""
    return START + timedelta(minutes=n)


def one_entry(build: Build, text: str, importance: float) -> list[Any]:
    """Text, importance, minutes after the start, and bytes above the footprint."""
    agent = build(Listener(), 100_000, clock := HandClock(START))
    clock.now = minute(7)
    agent.add_to_memory(text, importance)
    [entry] = agent.memory_entries
    above = entry.size_bytes - footprint(text)
    minutes = (entry.timestamp - START) / timedelta(minutes=1)
    return [entry.content, entry.importance_score, minutes, above]


def filled(build: Build, said: Said, limit: int) -> list[Any]:
    """The latest texts, all texts, and whether the limit held at every moment."""
    clock, latest = HandClock(START), Watched()
    agent = build(Listener(), limit, clock, latest=latest)
    for n, (text, importance) in enumerate(said):
        clock.now = minute(n)
        agent.add_to_memory(text, importance)
    room = limit // 10
    held = latest.most <= room and agent.kept.bytes <= limit - room
    return [texts(latest.entries), texts(agent.memory_entries), held]


def refused(build: Build, text: str) -> list[Any]:
    """What a byte too many raises, and what is held then.

    Then whether one byte less is taken, and whether it made all the room it needs.
    """
    unit = footprint(text) + SLOT
    agent = build(Listener(), 20 * unit, HandClock(START))
    for _ in range(2):  # the room is full
        agent.add_to_memory(text, 0.5)
    larger = text + "x" * (unit + 1)  # two units and a byte; two are the room
    raised = ended(lambda: agent.add_to_memory(larger, 1.0))
    held = texts(agent.memory_entries)
    ended(lambda: agent.add_to_memory(larger[:-1], 1.0))
    taken = texts(agent.memory_entries)[-1] == larger[:-1]
    return [raised, held, taken, agent.latest.total <= 2 * unit]


def grown(build: Build, size: int) -> list[Any]:
    """The contexts after each of three messages."""
    agent, found = build(Listener(), 100_000, HandClock(START)), []
    for text in ("one", "two", "three"):
        agent.add_to_memory(text, 0.5)
        found.append(agent.get_compressed_context(size))
    return found


def context(build: Build, said: Said, size: int | None, every: float = 1) -> Any:
    """A context out of a conversation, or the error's name; None for its own size.

    One message was said `every` so many minutes; 0 is for all at the same moment.
    """
    agent = loaded(build, said, every=every)
    own = () if size is None else (size,)
    return ended(lambda: agent.get_compressed_context(*own))


def stats(build: Build, said: Said, minutes: float, every: float = 1) -> Any:
    """The six figures, to six decimals, so many minutes after the start."""
    clock = HandClock(minute(minutes))
    found = loaded(build, said, clock=clock, every=every).get_memory_stats()
    return {k: round(v, 6) if type(v) is float else v for k, v in found.items()}


async def asked(
    build: Build,
    said: Said,
    message: str,
    heard: Listener,
    size: int | None = None,
    importance: float | None = None,
) -> list[Any]:
    """The answer or its error's name, what the model saw, and the last two entries.

    Of the prompt: its last message; whether what comes before has the context of
    `size` characters, and whether it has the message, too; how often the model was
    asked. None is for the agent's own size and importance, 600 and 0.5.
    """
    agent = loaded(build, said, heard, size)
    context = agent.get_compressed_context(600 if size is None else size)
    own = () if importance is None else (importance,)
    try:
        answer = await agent.process_message(message, *own)
    except (OSError, LLMError) as error:  # the model's own
        answer = type(error).__name__
    prompt = heard.prompts[0] if heard.prompts else [("", "")]
    before = "\n".join(content for _, content in prompt[:-1])
    saw = [prompt[-1], context in before, message in before, len(heard.prompts)]
    last = [(e.content, e.importance_score) for e in list(agent.memory_entries)[-2:]]
    return [answer, saw, last]


async def given_up(build: Build, said: Said, message: str) -> list[Any]:
    """How it ends when the caller waits a second for a slow model; the last text."""
    agent = loaded(build, said, Slow())
    try:
        async with asyncio.timeout(1):
            ended = await agent.process_message(message)
    except TimeoutError:  # of the line above: the cancellation came out
        ended = "given up"
    except OSError as error:
        ended = type(error).__name__
    return [ended, texts(agent.memory_entries)[-1]]


def loaded(
    build: Build,
    said: Said,
    llm: Any = None,
    size: int | None = None,
    clock: Callable[[], datetime] | None = None,
    every: float = 1,
) -> Any:
    """An agent that holds a conversation, by none of its own methods."""
    clock = clock or HandClock(minute(len(said)))
    own = () if size is None else (size,)
    agent = build(llm or Listener(), 1_000_000, clock, *own)
    for n, (text, importance) in enumerate(said):
        when = minute(n * every)
        entry = MemoryEntry(text, when, importance, footprint(text) + SLOT)
        if n < len(said) - LATEST:
            agent.kept.add(entry, importance)
        else:
            agent.latest.add(entry)
    return agent


def texts(entries: Any) -> list[Any]:
    """The contents of entries."""
    return [entry.content for entry in entries]


def ended(work: Callable[[], Any]) -> Any:
    """What `work()` returns; "ValueError" when it raises one."""
    try:
        return work()
    except ValueError:
        return "ValueError"
