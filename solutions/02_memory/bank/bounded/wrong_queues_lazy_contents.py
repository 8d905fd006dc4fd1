"""Queues lazy contents.

misconception: scan-for-the-least
fails: comparisons an add with 120 messages held
"""

class Bounded:
    def __init__(self, max_bytes, score, weight):
        self.weight = weight
        self.max_bytes, self.score = max_bytes, score
        self.bytes, self.turn, self.queue = 0, 0, []

    def add(self, content, importance):
        if self.weight(content) > self.max_bytes:
            raise ValueError("too large")
        self.queue.append((self.score(importance, self.turn), self.turn, content))
        self.turn += 1
        self.bytes = min(self.max_bytes, self.bytes + self.weight(content))

    def contents(self):
        held = []
        for new in self.queue:
            while sum(self.weight(c) for _, _, c in held) + self.weight(new[2]) > self.max_bytes:
                held.remove(min(held))
            held.append(new)
        self.bytes = sum(self.weight(c) for _, _, c in held)
        for _, _, c in held:
            yield c
