"""Rows of a dataclass that compares by score and turn."""

from dataclasses import dataclass, field
from itertools import count
from typing import Any

@dataclass(order=True)
class Row:
    score: Any
    turn: int
    content: Any = field(compare=False)
    size: int = field(compare=False)

@dataclass
class Bounded:
    max_bytes: int
    score: Any
    weight: Any
    bytes: int = 0
    heap: list = field(default_factory=list)
    turns: Any = field(default_factory=count)

    def _evict(self):
        self.bytes -= heapq.heappop(self.heap).size

    def add(self, content, importance):
        if (size := self.weight(content)) > self.max_bytes:
            raise ValueError
        while self.bytes > self.max_bytes - size:
            self._evict()
        turn = next(self.turns)
        heapq.heappush(self.heap, Row(self.score(importance, turn), turn, content, size))
        self.bytes += size

    def contents(self):
        return [row.content for row in sorted(self.heap, key=lambda row: row.turn)]
