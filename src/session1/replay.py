"""Replay a conversation through a memory and see what it holds on to."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from statistics import fmean
from typing import Protocol, TypeVar

from session1.data import Conversation, conversations
from session1.llm.simulated import SimulatedLLM
from session1.memory.entry import MemoryEntry
from session1.memory.importance import score
from session1.memory.naive import NaiveMemory
from session1.memory_optimized_agent import MemoryOptimizedAgent

IMPORTANT = 0.6  # and above: facts, likes, plans, names
LAST = 50  # remarks that count as the present
MB = 1024 * 1024
Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Remark:
    """One message of a talk, with its importance."""

    text: str
    importance: float
    when: datetime


class Remembers(Protocol):
    """The interface that a replay needs of a memory."""

    def add_to_memory(self, content: str, importance_score: float = 0.5) -> None: ...

    @property
    def memory_entries(self) -> Iterable[MemoryEntry]: ...


M = TypeVar("M", bound=Remembers)


@dataclass(frozen=True, slots=True)
class Replay:
    """The record of a memory while a talk was replayed into it.

    `bytes` after each remark, `held` whether each remark is there at the end. After
    every 50th remark: `kept`, the share (0 to 1) of the important remarks so far that
    are held, and `recent`, that of the last 50.
    """

    talk: Sequence[Remark]
    bytes: list[int]
    held: list[bool]
    kept: list[float]
    recent: list[float]
    cleanups: int

    def important(self) -> float:
        """Mean share (0 to 1) of the important remarks that were held on the way."""
        return fmean(self.kept) if self.kept else 1.0

    def present(self) -> float:
        """Mean share (0 to 1) of the last 50 remarks that were held on the way."""
        return fmean(self.recent) if self.recent else 1.0


# Three long talks between two people each: 917, 915 and 663 remarks.
SAMPLES = ("44ba87da", "cf05f15d", "6cf684fb")


@cache
def sample_talks() -> tuple[tuple[Remark, ...], ...]:
    """Three long real conversations, each remark scored by its wording."""
    found = {c.id[:8]: c for c in conversations(min_turns=600) if c.id[:8] in SAMPLES}
    return tuple(tuple(talk_of(found[id])) for id in SAMPLES)


def talk_of(conversation: Conversation) -> list[Remark]:
    """The turns of a conversation, each with the importance its wording suggests."""
    return [Remark(t.text, score(t.text), t.when) for t in conversation.turns]


def weight(text: str) -> int:
    """About the bytes `text` takes in memory, but the same on every Python."""
    return len(text.encode()) + 300


def through_agent(talk: Sequence[Remark], max_bytes: int, **settings: float) -> Replay:
    """Replay `talk` through the agent; `settings` are its keyword arguments."""

    def build(clock: Clock) -> MemoryOptimizedAgent:
        return MemoryOptimizedAgent(
            "replay",
            SimulatedLLM(),
            max_bytes / MB,
            clock=clock,
            size_of=weight,
            **settings,  # type: ignore[arg-type]
        )

    return replay(build, lambda agent: (len(agent.memory), agent.memory.bytes), talk)


def through_naive(talk: Sequence[Remark], max_bytes: int, **settings: float) -> Replay:
    """Replay `talk` through the naive memory; its bytes are the true ones."""

    def build(clock: Clock) -> NaiveMemory:
        return NaiveMemory(max_bytes / MB, clock=clock, **settings)  # type: ignore[arg-type]

    def look(memory: NaiveMemory) -> tuple[int, int]:
        entries = memory.memory_entries
        return len(entries), sum(weight(e.content) for e in entries)

    return replay(build, look, talk)


def replay(
    build: Callable[[Clock], M],
    look: Callable[[M], tuple[int, int]],
    talk: Sequence[Remark],
) -> Replay:
    """Tell `talk` to the memory `build(clock)` makes, whose clock follows the talk.

    `look(memory)` gives how many entries it holds and their bytes.
    """
    now = talk[0].when if talk else datetime.min
    memory = build(lambda: now)
    sizes: list[int] = []
    kept: list[float] = []
    recent: list[float] = []
    count = cleanups = 0
    for turn, remark in enumerate(talk, 1):
        now = remark.when
        memory.add_to_memory(remark.text, remark.importance)
        before, (count, size) = count, look(memory)
        cleanups += count <= before
        sizes.append(size)
        if turn % LAST == 0:
            so_far = talk[:turn]
            held = _held(so_far, memory.memory_entries)
            pairs = zip(held, so_far, strict=True)
            kept.append(_share([h for h, r in pairs if r.importance >= IMPORTANT]))
            recent.append(_share(held[-LAST:]))
    held = _held(talk, memory.memory_entries)
    return Replay(talk, sizes, held, kept, recent, cleanups)


def _held(talk: Sequence[Remark], entries: Iterable[MemoryEntry]) -> list[bool]:
    """Which remarks are among `entries`; of equal ones the newest count as held."""
    left = Counter((e.timestamp, e.content) for e in entries)
    held = []
    for remark in reversed(talk):
        key = (remark.when, remark.text)
        held.append(left[key] > 0)
        left[key] -= held[-1]
    return held[::-1]


def _share(flags: Sequence[bool]) -> float:
    return sum(flags) / len(flags) if flags else 1.0
