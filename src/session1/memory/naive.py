"""The memory most people write first: fine for ten messages, slow and wrong later.

Kept to be measured against. Its faults, which `tests/session1/test_naive_memory.py`
shows one by one:

* every add sums the bytes of everything (O(n)), and counts less than half of them;
* ranking looks for the oldest and the newest message again for each message (O(n²)),
  and one message from long ago flattens the recency of all others;
* cleanup looks at importance before time, so an unremarkable current turn goes first;
  it runs when memory is nearly empty, leaves the rest out of order, and keeps
  everything when it should keep nothing;
* packing stops at the first message that is too long, counts neither line breaks nor
  the notice, and gives the best first instead of the oldest first.
"""

import sys
from collections import deque
from collections.abc import Callable, Sequence
from datetime import datetime

from session1.memory.bounded import utc_now
from session1.memory.entry import MemoryEntry

MB = 1024 * 1024


class NaiveMemory:
    """Messages in a list that is searched, summed and sorted each time."""

    def __init__(
        self,
        max_memory_mb: float = 10.0,
        *,
        max_entries: int = 1000,
        cleanup_interval: int = 100,
        keep_fraction: float = 0.7,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self.max_memory_bytes = max_memory_mb * MB
        self.memory_entries: deque[MemoryEntry] = deque(maxlen=max_entries)
        self.cleanup_interval = cleanup_interval
        self.keep_fraction = keep_fraction
        self.message_count = 0
        self._clock = clock

    def add_to_memory(self, content: str, importance_score: float = 0.5) -> None:
        """Remember `content`, cleaning up by schedule and when over the byte limit."""
        size = sys.getsizeof(content)
        entry = MemoryEntry(content, self._clock(), importance_score, size)
        self.message_count += 1
        if self.message_count % self.cleanup_interval == 0:
            self._cleanup_memory()
        self.memory_entries.append(entry)
        if self._total_bytes() > self.max_memory_bytes:
            self._cleanup_memory()

    def get_compressed_context(self, max_context_size: int = 2000) -> str:
        """The best-ranked messages up to about `max_context_size` characters."""
        ranked = sorted(self.memory_entries, key=self.rank, reverse=True)
        return pack_until_full([entry.content for entry in ranked], max_context_size)

    def rank(self, entry: MemoryEntry) -> float:
        """0.7 of importance and 0.3 of recency."""
        return 0.7 * entry.importance_score + 0.3 * self.recency(entry)

    def recency(self, entry: MemoryEntry) -> float:
        """1 for the newest message, 0 for the oldest, in between by time."""
        first = min(other.timestamp for other in self.memory_entries)
        last = max(other.timestamp for other in self.memory_entries)
        if first == last:
            return 1.0
        return (entry.timestamp - first) / (last - first)

    def get_memory_stats(self) -> dict[str, float]:
        """The agent's six figures, or two when there is nothing to tell."""
        entries, used = self.memory_entries, self._total_bytes()
        if not entries:
            return {"total_entries": 0, "total_memory_mb": 0}
        times = [entry.timestamp for entry in entries]
        importance = sum(entry.importance_score for entry in entries)
        return {
            "total_entries": len(entries),
            "total_memory_mb": used / MB,
            "avg_importance_score": importance / len(entries),
            "memory_utilization_pct": 100 * used / self.max_memory_bytes,
            "oldest_entry_age_hours": hours(min(times), self._clock()),
            "memory_span_hours": hours(min(times), max(times)),
        }

    def _cleanup_memory(self) -> None:
        """Keep the best part, judged by importance and, between equals, by time."""
        ranked = sorted(
            self.memory_entries,
            key=lambda entry: (entry.importance_score, entry.timestamp),
        )
        keep = int(len(ranked) * self.keep_fraction)
        self.memory_entries.clear()
        self.memory_entries.extend(ranked[-keep:])

    def _total_bytes(self) -> int:
        return sum(entry.size_bytes for entry in self.memory_entries)


def pack_until_full(texts: Sequence[str], budget: int) -> str:
    """Texts in the order given until one does not fit, then a notice."""
    parts: list[str] = []
    used = 0
    for text in texts:
        if used + len(text) > budget:
            break
        parts.append(text)
        used += len(text)
    if len(parts) < len(texts):
        parts.append(f"[{len(texts) - len(parts)} earlier messages cut]")
    return "\n".join(parts)


def hours(start: datetime, end: datetime) -> float:
    """Hours from `start` to `end`."""
    return (end - start).total_seconds() / 3600
