"""What left is a hole in the list."""

class Bounded:
    def __init__(self, max_bytes, score, weight):
        self.max_bytes, self.score, self.weight = max_bytes, score, weight
        self.bytes = 0
        self.rows = []
        self.heap = []
        self.turn = 0
    def add(self, content, importance):
        size = self.weight(content)
        if size > self.max_bytes:
            raise ValueError
        while self.bytes + size > self.max_bytes:
            turn = heapq.heappop(self.heap)[-1]
            self.bytes -= self.rows[turn][1]
            self.rows[turn] = None
        self.rows.append((content, size))
        heapq.heappush(self.heap, (self.score(importance, self.turn), self.turn))
        self.turn += 1
        self.bytes += size
    def contents(self):
        return [row[0] for row in self.rows if row is not None]
