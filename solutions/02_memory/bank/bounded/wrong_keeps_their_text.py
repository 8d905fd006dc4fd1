"""Keeps a text made of what it is handed.

misconception: one-case-is-enough
fails: contents in order of arrival
"""

class Bounded:
    """Messages within `max_bytes`; when room is needed, the lowest score goes."""

    def __init__(self, max_bytes, score, weight):
        self.max_bytes = max_bytes
        self.score = score
        self.weight = weight
        self.bytes = 0
        self.turn = 0
        self.heap = []
        self.held = {}

    def add(self, content, importance):
        size = self.weight(content)
        if size > self.max_bytes:
            raise ValueError("too large")
        while self.bytes + size > self.max_bytes:
            _, turn = heapq.heappop(self.heap)
            self.bytes -= self.weight(self.held.pop(turn))
        heapq.heappush(self.heap, (self.score(importance, self.turn), self.turn))
        self.held[self.turn] = f"{content}"
        self.bytes += size
        self.turn += 1

    def contents(self):
        return list(self.held.values())
