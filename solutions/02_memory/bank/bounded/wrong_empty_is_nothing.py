"""An empty message is dropped without a word.

misconception: one-case-is-enough
fails: the lowest score goes, contents in order of arrival, comparisons an add with 120 messages held
"""

class Bounded:
    def __init__(self, max_bytes, score, weight):
        self.max_bytes, self.score, self.weight = max_bytes, score, weight
        self.bytes = self.turn = 0
        self.heap, self.held = [], {}
    def add(self, content, importance):
        if not content:
            return
        size = self.weight(content)
        if size > self.max_bytes:
            raise ValueError("too large")
        while self.bytes + size > self.max_bytes:
            _, turn = heapq.heappop(self.heap)
            self.bytes -= self.weight(self.held.pop(turn))
        heapq.heappush(self.heap, (self.score(importance, self.turn), self.turn))
        self.held[self.turn] = content
        self.bytes += size
        self.turn += 1
    def contents(self):
        return list(self.held.values())
