"""misconception: off-by-one
fails: the lowest score goes
"""

class Bounded:
    """Messages within `max_bytes`; when room is needed, the lowest score goes."""

    def __init__(self, max_bytes, score, weight):
        self.weight = weight
        self.max_bytes = max_bytes
        self.score = score  # score(importance, turn) -> number; never changes
        self.bytes = 0
        self.turn = 1
        self.heap = []
        self.texts = {}

    def add(self, content, importance):
        """Remember `content`; ValueError if it alone is larger than the limit."""
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
        """What is held, in order of arrival."""
        return list(self.texts.values())
