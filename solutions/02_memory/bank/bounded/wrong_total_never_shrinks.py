"""misconception: forget-the-leaver
fails: within the limit after each of 200 adds, comparisons an add with 120 messages held
"""

class Bounded:
    def __init__(self, max_bytes, score, weight):
        self.weight = weight
        self.max_bytes, self.score = max_bytes, score
        self.bytes, self.turn = 0, 0
        self.heap, self.texts = [], {}

    def add(self, content, importance):
        size = self.weight(content)
        if size > self.max_bytes:
            raise ValueError("too large")
        while sum(self.weight(t) for t in self.texts.values()) + size > self.max_bytes:
            turn = heapq.heappop(self.heap)[1]
            del self.texts[turn]
        heapq.heappush(self.heap, (self.score(importance, self.turn), self.turn))
        self.texts[self.turn] = content
        self.bytes += size
        self.turn += 1

    def contents(self):
        return list(self.texts.values())
