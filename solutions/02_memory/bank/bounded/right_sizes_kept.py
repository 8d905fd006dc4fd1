"""A size that is kept with its message."""


class Bounded:
    def __init__(self, max_bytes, score, weight):
        self.max_bytes, self.score, self.weight = max_bytes, score, weight
        self.bytes = self.turn = 0
        self.heap, self.held = [], {}

    def add(self, content, importance):
        size = self.weight(content)
        if size > self.max_bytes:
            raise ValueError("too large")
        while self.bytes + size > self.max_bytes:
            _, turn = heapq.heappop(self.heap)
            self.bytes -= self.held.pop(turn)[1]
        heapq.heappush(self.heap, (self.score(importance, self.turn), self.turn))
        self.held[self.turn] = (content, size)
        self.bytes += size
        self.turn += 1

    def contents(self):
        return [row[0] for row in self.held.values()]
