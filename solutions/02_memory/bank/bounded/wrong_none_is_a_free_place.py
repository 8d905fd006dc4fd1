"""Marks a free place with None, which may be a content.

misconception: one-case-is-enough
fails: contents in order of arrival
"""

class Bounded:
    def __init__(self, max_bytes, score, weight):
        self.max_bytes, self.score, self.weight = max_bytes, score, weight
        self.bytes = 0
        self.heap, self.slots = [], []

    def add(self, content, importance):
        size = self.weight(content)
        if size > self.max_bytes:
            raise ValueError("too large")
        while self.bytes + size > self.max_bytes:
            _, turn = heapq.heappop(self.heap)
            self.bytes -= self.weight(self.slots[turn])
            self.slots[turn] = None
        turn = len(self.slots)
        heapq.heappush(self.heap, (self.score(importance, turn), turn))
        self.slots.append(content)
        self.bytes += size

    def contents(self):
        return [c for c in self.slots if c is not None]
