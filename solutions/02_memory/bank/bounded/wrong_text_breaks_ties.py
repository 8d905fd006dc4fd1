"""Text breaks ties.

misconception: one-case-is-enough
fails: the lowest score goes, contents in order of arrival, comparisons an add with 200 messages held
"""

class Bounded:
    def __init__(self, max_bytes, score):
        self.max_bytes = max_bytes
        self.score = score
        self.bytes = 0
        self.turn, self.heap = 0, []

    def add(self, content, importance):
        size = len(content.encode())
        if size > self.max_bytes:
            raise ValueError("too large")
        while self.bytes + size > self.max_bytes:
            self.bytes -= len(heapq.heappop(self.heap)[1].encode())
        heapq.heappush(self.heap, (self.score(importance, self.turn), content, self.turn))
        self.bytes += size
        self.turn += 1

    def contents(self):
        return [c for _, c, _ in sorted(self.heap, key=lambda x: x[2])]
