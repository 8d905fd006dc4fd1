"""misconception: scan-for-the-least
fails: comparisons an add with 120 messages held
"""

class Bounded:
    def __init__(self, max_bytes, score, weight):
        self.weight = weight
        self.max_bytes, self.score = max_bytes, score
        self.bytes, self.turn, self.held = 0, 0, {}

    def add(self, content, importance):
        size = self.weight(content)
        if size > self.max_bytes:
            raise ValueError("too large")
        while self.bytes + size > self.max_bytes:
            turn = min(self.held, key=lambda t: self.held[t][0])
            self.bytes -= self.weight(self.held.pop(turn)[1])
        self.held[self.turn] = (self.score(importance, self.turn), content)
        self.bytes += size
        self.turn += 1

    def contents(self):
        return [text for _, text in self.held.values()]
