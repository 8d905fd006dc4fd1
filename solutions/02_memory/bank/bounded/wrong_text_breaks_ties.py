"""Text breaks ties.

misconception: one-case-is-enough
fails: the lowest score goes, contents in order of arrival, comparisons an add with 120 messages held
"""

class Bounded:
    def __init__(self, max_bytes, score, weight):
        self.weight = weight
        self.max_bytes = max_bytes
        self.score = score
        self.bytes = 0
        self.turn, self.heap = 0, []

    def add(self, content, importance):
        size = self.weight(content)
        if size > self.max_bytes:
            raise ValueError("too large")
        while self.bytes + size > self.max_bytes:
            self.bytes -= self.weight(heapq.heappop(self.heap)[1])
        heapq.heappush(self.heap, (self.score(importance, self.turn), content, self.turn))
        self.bytes += size
        self.turn += 1

    def contents(self):
        return [c for _, c, _ in sorted(self.heap, key=lambda x: x[2])]
