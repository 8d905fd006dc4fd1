"""Its bytes are a property that weighs everything.

misconception: sum-every-add
fails: comparisons an add with 120 messages held
"""

class Bounded:
    """Messages within `max_bytes`; when room is needed, the lowest score goes."""

    def __init__(self, max_bytes, score, weight):
        self.max_bytes = max_bytes
        self.score = score
        self.weight = weight
        self.turn = 0
        self.heap = []
        self.held = {}

    def add(self, content, importance):
        size = self.weight(content)
        if size > self.max_bytes:
            raise ValueError("too large")
        while self.bytes + size > self.max_bytes:
            _, turn = heapq.heappop(self.heap)
            self.held.pop(turn)
        heapq.heappush(self.heap, (self.score(importance, self.turn), self.turn))
        self.held[self.turn] = content
        self.turn += 1

    @property
    def bytes(self):
        return sum(map(self.weight, self.held.values()))

    def contents(self):
        return list(self.held.values())
