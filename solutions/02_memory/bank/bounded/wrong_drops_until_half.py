"""Drops until half.

misconception: more-is-better
fails: the lowest score goes, contents in order of arrival, comparisons an add with 120 messages held, an oversized message is refused and nothing is lost
"""

class Bounded:
    """Messages within `max_bytes`; when room is needed, the lowest score goes."""

    def __init__(self, max_bytes, score, weight):
        self.weight = weight
        self.max_bytes = max_bytes
        self.score = score
        self.bytes = 0
        self.turn = 0
        self.heap = []
        self.messages = {}

    def add(self, content, importance):
        """Remember `content`; ValueError if it alone is larger than the limit."""
        size = self.weight(content)
        if size > self.max_bytes:
            raise ValueError("too large")
        while self.heap and self.bytes + size > self.max_bytes * 0.7:
            _, turn = heapq.heappop(self.heap)
            self.bytes -= self.weight(self.messages.pop(turn))
        heapq.heappush(self.heap, (self.score(importance, self.turn), self.turn))
        self.messages[self.turn] = content
        self.bytes += size
        self.turn += 1

    def contents(self):
        """What is held, in order of arrival."""
        return list(self.messages.values())
