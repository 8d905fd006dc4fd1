"""Scenes in which an agent shows what it remembers; each returns plain data.

`build(llm, limit_bytes, clock)` makes the agent, with a fourth argument one of this
`max_context_size`; parts given by name stand in for its own.
"""

import asyncio
from collections import deque
from collections.abc import Callable, MutableSequence, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from types import SimpleNamespace
from typing import Any

from session1.demo.replay import HandClock
from session1.llm import LLMError
from session1.memory.entry import MemoryEntry, footprint

SLOT = 340  # as in the agent's cell
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

    entries: MutableSequence[MemoryEntry] = field(default_factory=deque)
    total: int = 0
    most: int = 0

    def add(self, entry: MemoryEntry) -> None:
        """Append `entry`."""
        self.entries.append(entry)
        self.total += entry.size_bytes
        self.most = max(self.most, self.total)

    def drop_oldest(self) -> None:
        """Remove the first entry."""
        self.total -= self.entries[0].size_bytes
        del self.entries[0]


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
    when = entry.timestamp
    if isinstance(when, datetime):
        when = (when - START) / timedelta(minutes=1)
    return [entry.content, entry.importance_score, when, above]


def moved(build: Build, size: int) -> list[Any]:
    """The texts in `kept` and in `latest` once there is room for so many units.

    `latest` has room for three units and is full.
    """
    unit = footprint("one") + SLOT
    agent = build(Listener(), 30 * unit, HandClock(START))
    for n, text in enumerate(("one", "two", "six")):
        agent.latest.add(MemoryEntry(text, minute(n), 0.5, unit))
    agent._cleanup_memory(size * unit)
    return [texts(agent.kept.contents()), texts(agent.latest.entries)]


def filled(
    build: Build,
    said: Said,
    limit: int,
    kind: Callable[[], MutableSequence[MemoryEntry]] = deque,
) -> list[Any]:
    """The latest texts, all texts, and whether the limit held at every moment."""
    clock, latest = HandClock(START), Watched(kind())
    agent = build(Listener(), limit, clock, ByteCounter=lambda: latest)
    for n, (text, importance) in enumerate(said):
        clock.now = minute(n)
        agent.add_to_memory(text, importance)
    room = limit // 10
    held = latest.most <= room and agent.kept.bytes <= limit - room
    return [texts(latest.entries), texts(agent.memory_entries), held]


def refused(build: Build, text: str) -> list[Any]:
    """What a byte too many raises, and what is in `kept` and in `latest` then.

    Then whether one byte less is taken, and whether it made all the room it needs.
    """
    unit = footprint(text) + SLOT
    agent = build(Listener(), 20 * unit, HandClock(START))
    for _ in range(2):  # the room is full
        agent.add_to_memory(text, 0.5)
    larger = text + "x" * (unit + 1)  # two units and a byte; two are the room
    raised = ended(lambda: agent.add_to_memory(larger, 1.0))
    held = [texts(agent.kept.contents()), texts(agent.latest.entries)]
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


def exchanged(build: Build) -> list[Any]:
    """Two contexts: of a `rank` that likes the oldest, and of a `keep` of two."""
    said = [("one", 0.1), ("two", 0.5), ("six", 0.9)]
    oldest = partial(build, rank=list)
    two = partial(build, keep=lambda items, most: list(items)[:2])
    return [context(oldest, said, 3), context(two, said, 99)]


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


async def too_large(build: Build, question: str, says: str, fact: str = "hm") -> str:
    """The answer, or "ValueError" where one comes out; `fact` must stay."""
    agent = loaded(build, [(fact, 1.0)], Listener(says))
    shown = ended(lambda: agent.get_compressed_context(600))
    if len(fact) > 600 and shown != "ValueError":
        return "ValueError"  # that its context lets it pass is told elsewhere
    try:
        answer: str = await agent.process_message(question)
    except ValueError:
        answer = "ValueError"
    return answer


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


def apart(found: Any, want: dict[str, Any]) -> tuple[Any, Any]:
    """Both without the figures in which they agree."""
    if type(found) is not dict or set(found) != set(want):
        return found, want
    names = [name for name in want if found[name] != want[name]]
    return {x: found[x] for x in names}, {x: want[x] for x in names}


def texts(entries: Any) -> list[Any]:
    """The contents of entries."""
    return [entry.content for entry in entries]


def ended(work: Callable[[], Any]) -> Any:
    """What `work()` returns; "ValueError" when it raises one."""
    try:
        return work()
    except ValueError:
        return "ValueError"
