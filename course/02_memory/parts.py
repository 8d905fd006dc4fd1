"""The reference's version of each part of the agent, as its exercise asks for it."""

from bisect import insort
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from operator import itemgetter
from typing import Any, Protocol

from session1.memory.entry import MemoryEntry

PARTS = {
    "running_total": "ByteCounter",
    "rank": "rank",
    "pack": "pack",
    "bounded": "Bounded",
    "keep": "keep",
}
Item = tuple[str, float, int]


class Told(Protocol):
    """A message as `rank` reads it."""

    @property
    def timestamp(self) -> datetime: ...
    @property
    def importance_score(self) -> float: ...


class ByteCounter:
    """Messages in arrival order, and the bytes they take."""

    def __init__(self) -> None:
        self.entries: deque[MemoryEntry] = deque()
        self.total = 0

    def add(self, entry: MemoryEntry) -> None:
        """Append `entry`."""
        self.entries.append(entry)
        self.total += entry.size_bytes

    def drop_oldest(self) -> None:
        """Remove the first entry."""
        self.total -= self.entries.popleft().size_bytes


def rank(entries: Sequence[Told]) -> list[Told]:
    """Entries, best first, by 0.7 importance + 0.3 recency."""
    times = [entry.timestamp for entry in entries]
    first, span = min(times), max(times) - min(times)

    def score(entry: Told) -> float:
        recency = (entry.timestamp - first) / span if span else 1.0
        return 0.7 * entry.importance_score + 0.3 * recency

    return sorted(entries, key=score, reverse=True)


def pack(texts: Iterable[str], budget: int, sep: str = "\n") -> str:
    """Each text that still fits, in the order given, joined by `sep`."""
    chosen: list[str] = []
    left = budget + len(sep)  # the first has no separator before it
    for text in texts:
        if len(text) + len(sep) <= left:
            chosen.append(text)
            left -= len(text) + len(sep)
    return sep.join(chosen)


class Bounded:
    """Contents within `max_bytes`; when room is needed, the lowest score goes."""

    def __init__(
        self,
        max_bytes: int,
        score: Callable[[float, int], Any],
        weight: Callable[[Any], int],
    ) -> None:
        self.max_bytes, self.score, self.weight = max_bytes, score, weight
        self.bytes = self.turn = 0
        self._rows: list[tuple[Any, int, int, Any]] = []  # the lowest score first

    def add(self, content: Any, importance: float) -> None:
        """Keep `content`; ValueError if it weighs more than the limit."""
        size = self.weight(content)
        if size > self.max_bytes:
            raise ValueError(f"{size} bytes are more than all {self.max_bytes}")
        while self.bytes + size > self.max_bytes:
            self.bytes -= self._rows.pop(0)[2]
        score = self.score(importance, self.turn)
        insort(self._rows, (score, self.turn, size, content))
        self.bytes += size
        self.turn += 1

    def contents(self) -> list[Any]:
        """All that is held, in order of arrival."""
        return [row[3] for row in sorted(self._rows, key=itemgetter(1))]


def keep(items: Sequence[Item], max_tokens: int) -> list[Item]:
    """The items that stay: those of 1.0, then by importance, as long as they fit."""
    order = sorted(range(len(items)), key=lambda i: (-items[i][1], -i))
    chosen, left = set[int](), max_tokens
    for i in order:
        if items[i][1] == 1 or items[i][2] <= left:
            chosen.add(i)
            left -= items[i][2]
        if left < 0:
            raise ValueError(f"what must stay takes {-left} tokens too many")
    return [item for i, item in enumerate(items) if i in chosen]
