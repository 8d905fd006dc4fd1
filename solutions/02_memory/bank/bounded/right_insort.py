"""A sorted list found by bisection compares O(log n) times too."""

from bisect import insort


class Bounded:
    def __init__(self, max_bytes, score, weight):
        self.weight = weight
        self.max_bytes, self.score = max_bytes, score
        self.bytes = self.turn = 0
        self.held = []  # (score, turn, text), ascending

    def add(self, content, importance):
        size = self.weight(content)
        if size > self.max_bytes:
            raise ValueError("too large")
        while self.bytes + size > self.max_bytes:
            self.bytes -= self.weight(self.held.pop(0)[2])
        insort(self.held, (self.score(importance, self.turn), self.turn, content))
        self.bytes += size
        self.turn += 1

    def contents(self):
        return [text for _, _, text in sorted(self.held, key=lambda h: h[1])]
