"""Dataclass."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(order=True)
class Item:
    score: Any
    turn: int
    text: str = field(compare=False)


class Bounded:
    def __init__(self, max_bytes, score, weight):
        self.weight = weight
        self.max_bytes = max_bytes
        self.score = score
        self.bytes = 0
        self.turn, self.heap = 0, []

    def add(self, content, importance):
        size = self.weight(content)
        if size > self.max_bytes:
            raise ValueError("too large")
        while self.bytes + size > self.max_bytes:
            self.bytes -= self.weight(heapq.heappop(self.heap).text)
        heapq.heappush(self.heap, Item(self.score(importance, self.turn), self.turn, content))
        self.bytes += size
        self.turn += 1

    def contents(self):
        return [i.text for i in sorted(self.heap, key=lambda i: i.turn)]
