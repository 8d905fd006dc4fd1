"""Your answers as a memory, for `python demo_runner.py --mine`.

What is not solved yet is left to the naive memory.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from coursekit import assemble
from session1.memory.entry import MemoryEntry
from session1.memory.naive import MB, NaiveMemory, pack_until_full

PART = "memory"
USES = ("rank", "pack", "bounded", "keep")
Clock = Callable[[], datetime]


def build(names: Mapping[str, Any]) -> Callable[[Clock, float, int], Any]:
    """A maker of memories out of `rank`, `order`, `Bounded` and `keep`."""
    write = writer(names)

    class WithoutBounded(NaiveMemory):
        def get_compressed_context(self, max_context_size: int = 2000) -> str:
            return write(self.memory_entries, max_context_size)

    class WithBounded:
        """Keeps texts only, so the time and the importance go in front of each."""

        def __init__(self, clock: Clock, limit_mb: float) -> None:
            self.clock = clock
            self.kept = names["Bounded"](round(limit_mb * MB), score)

        def add_to_memory(self, content: str, importance_score: float = 0.5) -> None:
            text = f"{self.clock().isoformat()} {importance_score} {content}"
            self.kept.add(text, importance_score)

        @property
        def memory_entries(self) -> list[MemoryEntry]:
            return [entry_of(text) for text in self.kept.contents()]

        def get_compressed_context(self, max_context_size: int = 2000) -> str:
            return write(self.memory_entries, max_context_size)

        def get_memory_stats(self) -> dict[str, float]:
            return {"total_memory_mb": self.kept.bytes / MB}

    def make(clock: Clock, limit_mb: float, max_entries: int) -> Any:
        if "Bounded" in names:
            return WithBounded(clock, limit_mb)
        return WithoutBounded(limit_mb, max_entries=max_entries, clock=clock)

    return make


def score(importance: float, turn: int) -> float:
    """What stays: 0.7 importance and 0.3 recency, over 1,000 turns."""
    return 0.7 * importance + 0.3 * turn / 1000


def entry_of(text: str) -> MemoryEntry:
    """The entry that a kept text stands for."""
    when, importance, content = text.split(" ", 2)
    size = len(content.encode())
    return MemoryEntry(content, datetime.fromisoformat(when), float(importance), size)


def writer(names: Mapping[str, Any]) -> Callable[[Iterable[MemoryEntry], int], str]:
    """Writes a context of so many characters: ranked, then packed or kept."""
    rank = names.get("rank", naive_rank)
    made: dict[str, Any] = {"pack": pack_until_full}
    if "order" in names:
        exec(assemble("pack", names["order"]), made)

    def write(entries: Iterable[MemoryEntry], budget: int) -> str:
        said = list(entries)
        best_first = rank(said) if said else []
        if "keep" not in names:
            text: str = made["pack"]([e.content for e in best_first], budget)
            return text
        place = {id(entry): i for i, entry in enumerate(best_first)}
        worth = [0.999 * (1 - place[id(entry)] / len(said)) for entry in said]
        items = [
            (e.content, w, len(e.content) + 1) for e, w in zip(said, worth, strict=True)
        ]
        return "\n".join(text for text, _, _ in names["keep"](items, budget + 1))

    return write


def naive_rank(entries: list[MemoryEntry]) -> list[MemoryEntry]:
    """Best first, looking for the oldest and the newest again for each."""
    memory = NaiveMemory(max_entries=len(entries))
    memory.memory_entries.extend(entries)
    return sorted(entries, key=memory.rank, reverse=True)
