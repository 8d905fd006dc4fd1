"""Removes by text.

misconception: one-case-is-enough
fails: contents in order of arrival
"""

class Bounded:
    def __init__(self, max_bytes, score, weight):
        self.weight = weight
        self.max_bytes = max_bytes
        self.score = score
        self.bytes = 0
        self.turn, self.heap, self.all = 0, [], []

    def add(self, content, importance):
        size = self.weight(content)
        if size > self.max_bytes:
            raise ValueError("too large")
        while self.bytes + size > self.max_bytes:
            gone = heapq.heappop(self.heap)[2]
            self.all.remove(gone)
            self.bytes -= self.weight(gone)
        heapq.heappush(self.heap, (self.score(importance, self.turn), self.turn, content))
        self.all.append(content)
        self.bytes += size
        self.turn += 1

    def contents(self):
        return list(self.all)
