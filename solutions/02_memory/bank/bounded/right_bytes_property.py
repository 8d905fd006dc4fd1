"""Its bytes are a property: the difference of two running totals."""


class Bounded:
    def __init__(self, max_bytes, score, weight):
        self.max_bytes, self.score, self.weight = max_bytes, score, weight
        self.turn, self.heap, self.texts = 0, [], {}
        self.came = self.went = 0

    @property
    def bytes(self):
        return self.came - self.went

    def add(self, content, importance):
        size = self.weight(content)
        if size > self.max_bytes:
            raise ValueError("too large")
        while self.bytes + size > self.max_bytes:
            _, turn = heapq.heappop(self.heap)
            self.went += self.weight(self.texts.pop(turn))
        heapq.heappush(self.heap, (self.score(importance, self.turn), self.turn))
        self.texts[self.turn] = content
        self.came += size
        self.turn += 1

    def contents(self):
        return tuple(self.texts.values())
