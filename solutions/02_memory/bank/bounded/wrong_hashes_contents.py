"""Contents as a key: a list cannot be one.

misconception: text-is-identity
fails: contents in order of arrival
"""

class Bounded:
    def __init__(self, max_bytes, score, weight):
        self.max_bytes, self.score, self.weight = max_bytes, score, weight
        self.bytes = self.turn = 0
        self.heap, self.alive = [], {}

    def add(self, content, importance):
        size = self.weight(content)
        if size > self.max_bytes:
            raise ValueError("too large")
        while self.bytes + size > self.max_bytes:
            _, turn, old = heapq.heappop(self.heap)
            del self.alive[turn, old]
            self.bytes -= self.weight(old)
        heapq.heappush(self.heap, (self.score(importance, self.turn), self.turn, content))
        self.alive[self.turn, content] = True
        self.bytes += size
        self.turn += 1

    def contents(self):
        return [content for _, content in self.alive]
