"""Everything in the heap; contents sorts by turn when asked."""

class Bounded:
    def __init__(self, max_bytes, score, weight):
        self.weight = weight
        self.max_bytes, self.score = max_bytes, score
        self.bytes, self.turn, self.heap = 0, 0, []

    def add(self, content, importance):
        size = self.weight(content)
        if size > self.max_bytes:
            raise ValueError("this message is larger than the memory")
        while self.heap and self.bytes + size > self.max_bytes:
            self.bytes -= self.weight(heapq.heappop(self.heap)[2])
        heapq.heappush(self.heap, (self.score(importance, self.turn), self.turn, content))
        self.turn += 1
        self.bytes += size

    def contents(self):
        by_turn = sorted((turn, text) for _, turn, text in self.heap)
        return [text for _, text in by_turn]
