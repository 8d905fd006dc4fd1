"""Hands out the values of its dict as they are: they are in order of arrival."""


class Bounded:
    def __init__(self, max_bytes, score, weight):
        self.weight = weight
        self.max_bytes, self.score = max_bytes, score
        self.bytes = self.turn = 0
        self.heap, self.texts = [], {}

    def add(self, content, importance):
        size = self.weight(content)
        if size > self.max_bytes:
            raise ValueError(f"{size} bytes do not fit into {self.max_bytes}")
        while self.bytes + size > self.max_bytes:
            _, turn = heapq.heappop(self.heap)
            self.bytes -= self.weight(self.texts.pop(turn))
        heapq.heappush(self.heap, (self.score(importance, self.turn), self.turn))
        self.texts[self.turn] = content
        self.bytes += size
        self.turn += 1

    def contents(self):
        return self.texts.values()
