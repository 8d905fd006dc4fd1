"""misconception: evict-after
fails: the lowest score goes, contents in order of arrival, an oversized message is refused and nothing is lost, comparisons an add with 120 messages held
"""

class Bounded:
    def __init__(self, max_bytes, score, weight):
        self.weight = weight
        self.max_bytes, self.score = max_bytes, score
        self.bytes, self.turn = 0, 0
        self.heap, self.texts = [], {}

    def add(self, content, importance):
        size = self.weight(content)
        heapq.heappush(self.heap, (self.score(importance, self.turn), self.turn))
        self.texts[self.turn] = content
        self.bytes += size
        self.turn += 1
        while self.bytes > self.max_bytes:
            turn = heapq.heappop(self.heap)[1]
            self.bytes -= self.weight(self.texts.pop(turn))

    def contents(self):
        return list(self.texts.values())
