"""Never asks score.

misconception: overfit-the-test
fails: the lowest score goes, contents in order of arrival, comparisons an add with 120 messages held
"""

class Bounded:
    def __init__(self, max_bytes, score, weight):
        self.weight = weight
        self.max_bytes = max_bytes
        self.score = score
        self.bytes = 0
        self.turn, self.heap, self.texts = 0, [], {}

    def add(self, content, importance):
        size = self.weight(content)
        if size > self.max_bytes:
            raise ValueError("too large")
        while self.bytes + size > self.max_bytes:
            _, turn = heapq.heappop(self.heap)
            self.bytes -= self.weight(self.texts.pop(turn))
        heapq.heappush(self.heap, (0.7 * importance + 0.3 * self.turn / 100, self.turn))
        self.texts[self.turn] = content
        self.bytes += size
        self.turn += 1

    def contents(self):
        return list(self.texts.values())
