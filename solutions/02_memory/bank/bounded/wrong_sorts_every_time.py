"""Sorts every time.

misconception: scan-for-the-least
fails: comparisons an add with 120 messages held
"""

class Bounded:
    def __init__(self, max_bytes, score, weight):
        self.weight = weight
        self.max_bytes = max_bytes
        self.score = score
        self.bytes = 0
        self.turn, self.heap, self.texts = 0, [], {}

    def add(self, content, importance):
        size = self.weight(content)
        if size > self.max_bytes:
            raise ValueError("too large")
        while self.bytes + size > self.max_bytes:
            self.heap.sort()
            _, turn = self.heap.pop(0)
            self.bytes -= self.weight(self.texts.pop(turn))
        self.heap.append((self.score(importance, self.turn), self.turn))
        self.texts[self.turn] = content
        self.bytes += size
        self.turn += 1

    def contents(self):
        return list(self.texts.values())
