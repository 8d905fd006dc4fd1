"""Replay real conversations through a memory and record what it keeps and costs."""

import gc
import time
import tracemalloc
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from statistics import mean
from typing import Protocol

from session1.data import Conversation, conversations
from session1.llm import SimulatedLLM
from session1.memory.naive import NaiveMemory
from session1.memory_optimized_agent import MemoryOptimizedAgent
from session1.replay import IMPORTANT, MB, Clock, Remark, Remembers, talk_of

LIMIT_MB = 0.1
BUDGET = 2000  # characters of context
LATEST = 10
EVERY = 50  # messages between two looks
# not asked here; one for all memories, since what a model takes is not remembered
MODEL = SimulatedLLM()


class Memory(Remembers, Protocol):
    """The interface of the naive memory and ours."""

    def get_compressed_context(self, max_context_size: int = 2000) -> str: ...
    def get_memory_stats(self) -> dict[str, float]: ...


Make = Callable[[Clock, float, int], Memory]


def naive(clock: Clock, limit_mb: float, max_entries: int) -> Memory:
    """The memory that most people write first."""
    return NaiveMemory(limit_mb, max_entries=max_entries, clock=clock)


def ours(clock: Clock, limit_mb: float, max_entries: int) -> Memory:
    """The agent whose memory this is about."""
    return MemoryOptimizedAgent(
        "replay", MODEL, limit_mb, max_entries=max_entries, clock=clock
    )


MEMORIES: dict[str, Make] = {"naive": naive, "ours": ours}


@dataclass(slots=True)
class HandClock:
    """A clock that shows what it is set to."""

    now: datetime

    def __call__(self) -> datetime:
        return self.now


@dataclass(slots=True)
class Look:
    """The state of a memory after so many messages; shares are 0 to 1."""

    messages: int
    reported_bytes: int
    real_bytes: int = 0
    important_kept: float = 0.0
    important_shown: float = 0.0
    latest_kept: float = 0.0
    context_chars: int = 0
    in_order: bool = True


@dataclass(slots=True)
class Replay:
    """One memory after one conversation: CPU seconds and looks on the way."""

    messages: int
    add_s: float = 0.0
    context_s: list[float] = field(default_factory=list)
    looks: list[Look] = field(default_factory=list)


def long_talks(limit: int) -> list[Conversation]:
    """The longest conversations of the dataset that people really had."""
    talks = [c for c in conversations(min_turns=800) if _is_talk(c)]
    return sorted(talks, key=lambda c: len(c.turns), reverse=True)[:limit]


def _is_talk(conversation: Conversation) -> bool:
    """Not a script: at least two seconds a message and few messages twice."""
    turns = conversation.turns
    slow = turns[-1].when - turns[0].when >= timedelta(seconds=2 * len(turns))
    return slow and len({turn.text for turn in turns}) > 0.8 * len(turns)


def lines_of(talk: Conversation) -> list[Remark]:
    """The turns of `talk` as an agent remembers them: with who said it."""
    said = zip(talk.turns, talk_of(talk), strict=True)
    return [replace(r, text=f"{turn.speaker}: {r.text}") for turn, r in said]


def replay(make: Make, talk: Conversation) -> Replay:
    """Run `talk` through a memory twice: for time and contents, then for bytes."""
    lines = lines_of(talk)
    result = _timed(make, lines)
    for look, real in zip(result.looks, _real_bytes(make, lines), strict=True):
        look.real_bytes = real
    return result


def _timed(make: Make, lines: Sequence[Remark]) -> Replay:
    clock = HandClock(lines[0].when)
    memory = make(clock, LIMIT_MB, 1000)
    result = Replay(len(lines))
    for number, line in enumerate(lines, 1):
        clock.now = line.when
        start = time.process_time()
        memory.add_to_memory(line.text, line.importance)
        result.add_s += time.process_time() - start
        if number % EVERY == 0 or number == len(lines):
            start = time.process_time()
            context = memory.get_compressed_context(BUDGET)
            result.context_s.append(time.process_time() - start)
            result.looks.append(_look(memory, context, lines[:number]))
    return result


def _look(memory: Memory, context: str, lines: Sequence[Remark]) -> Look:
    kept = {entry.content for entry in memory.memory_entries}
    shown = context.split("\n")
    important = [line.text for line in lines if line.importance >= IMPORTANT]
    return Look(
        messages=len(lines),
        reported_bytes=_reported(memory),
        important_kept=_share(important, kept),
        important_shown=_share(important, set(shown)),
        latest_kept=_share([line.text for line in lines[-LATEST:]], kept),
        context_chars=len(context),
        in_order=_in_order(shown, [line.text for line in lines]),
    )


def _in_order(shown: Sequence[str], said: Sequence[str]) -> bool:
    """Whether the messages among `shown` come in the order of `said`."""
    known, rest = set(said), iter(said)
    return all(text in rest for text in shown if text in known)


def _real_bytes(make: Make, lines: Sequence[Remark]) -> list[int]:
    """Bytes allocated for the memory at each look, as tracemalloc counts them."""
    found = []
    clock = HandClock(lines[0].when)
    gc.collect()
    gc.freeze()  # what is there already need not be looked at again
    tracemalloc.start()
    try:
        memory = make(clock, LIMIT_MB, 1000)
        for number, line in enumerate(lines, 1):
            # Copies, because what is already there would not be counted.
            clock.now = line.when.replace()
            memory.add_to_memory("".join(list(line.text)), line.importance)
            if number % EVERY == 0 or number == len(lines):
                gc.collect()  # or what Python keeps for reuse would count as held
                found.append(tracemalloc.get_traced_memory()[0])
    finally:
        tracemalloc.stop()
        gc.unfreeze()
    return found


def context_seconds(make: Make, lines: Sequence[Remark]) -> float:
    """CPU seconds for a context of all `lines` and a new one: the best of a few."""
    clock = HandClock(lines[0].when)
    memory = make(clock, 1e6, len(lines))
    if isinstance(memory, NaiveMemory):
        memory.cleanup_interval = len(lines) + 1  # or it would never get so large
    for line in lines:
        clock.now = line.when
        memory.add_to_memory(line.text, line.importance)
    # The first context may pay once for order; later ones only for what came since.
    first = _seconds(memory)
    again = 4 if first < 0.5 else 0
    return min([first, *(_seconds(memory, f"Message {i}") for i in range(again))])


def _seconds(memory: Memory, message: str | None = None) -> float:
    start = time.process_time()
    if message:
        memory.add_to_memory(message)
    memory.get_compressed_context(BUDGET)
    return time.process_time() - start


def _reported(memory: Memory) -> int:
    return round(memory.get_memory_stats()["total_memory_mb"] * MB)


def _share(wanted: Sequence[str], kept: set[str]) -> float:
    return mean(text in kept for text in wanted) if wanted else 1.0
