"""Its bytes are a property that weighs everything.

misconception: sum-every-add
fails: comparisons an add with 120 messages held
"""

class Bounded:
    def __init__(self, max_bytes, score, weight):
        self.weight = weight
        self.max_bytes, self.score = max_bytes, score
        self.turn, self.heap, self.texts = 0, [], {}

    @property
    def bytes(self):
        return sum(self.weight(t) for t in self.texts.values())

    def add(self, content, importance):
        size = self.weight(content)
        if size > self.max_bytes:
            raise ValueError("too large")
        while self.bytes + size > self.max_bytes:
            del self.texts[heapq.heappop(self.heap)[1]]
        heapq.heappush(self.heap, (self.score(importance, self.turn), self.turn))
        self.texts[self.turn] = content
        self.turn += 1

    def contents(self):
        return tuple(self.texts.values())
