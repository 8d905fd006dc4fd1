"""misconception: scan-for-the-least
fails: the lowest score goes, contents in order of arrival, comparisons an add with 120 messages held
"""

class Bounded:
    """Messages within `max_bytes`; when room is needed, the lowest score goes."""

    def __init__(self, max_bytes, score, weight):
        self.weight = weight
        self.max_bytes = max_bytes
        self.score = score
        self.bytes = 0
        self.turn = 0
        self.held = {}

    def add(self, content, importance):
        """Remember `content`; ValueError if it alone is larger than the limit."""
        size = self.weight(content)
        if size > self.max_bytes:
            raise ValueError(f"{size} bytes do not fit into {self.max_bytes}")
        self.score(importance, self.turn)
        while self.bytes + size > self.max_bytes:
            turn = min(self.held, key=lambda t: 0.7 * self.held[t][1] + 0.3 * t / 100)
            self.bytes -= self.weight(self.held.pop(turn)[0])
        self.held[self.turn] = content, importance
        self.bytes += size
        self.turn += 1

    def contents(self):
        """What is held, in order of arrival."""
        return [content for content, _ in self.held.values()]
