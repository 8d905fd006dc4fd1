"""Queues until asked.

misconception: scan-for-the-least
fails: comparisons an add with 120 messages held
"""

class Bounded:
    def __init__(self, max_bytes, score, weight):
        self.weight = weight
        self.max_bytes, self.score = max_bytes, score
        self.turn, self.queue, self.held = 0, [], []

    def add(self, content, importance):
        if self.weight(content) > self.max_bytes:
            raise ValueError("too large")
        self.queue.append((content, importance, self.turn))
        self.turn += 1

    def settle(self):
        for content, importance, turn in self.queue:
            size = self.weight(content)
            while sum(self.weight(c) for _, _, c in self.held) + size > self.max_bytes:
                self.held.remove(min(self.held))
            self.held.append((self.score(importance, turn), turn, content))
        self.queue = []

    @property
    def bytes(self):
        self.settle()
        return sum(self.weight(c) for _, _, c in self.held)

    def contents(self):
        self.settle()
        return [c for _, _, c in self.held]
