"""Of equal scores the least important leaves.

misconception: importance-only
fails: the lowest score goes, contents in order of arrival, comparisons an add with 120 messages held
"""

class Bounded:
    """Messages within `max_bytes`; when room is needed, the lowest score goes."""

    def __init__(self, max_bytes, score, weight):
        self.max_bytes = max_bytes
        self.score = score  # score(importance, turn): something that sorts
        self.weight = weight  # weight(content): its bytes
        self.bytes = 0
        self.turn = 0
        self.heap = []
        self.held = {}

    def add(self, content, importance):
        """Remember `content`; ValueError if it alone is larger than the limit."""
        size = self.weight(content)
        if size > self.max_bytes:
            raise ValueError(f"{size} bytes do not fit into {self.max_bytes}")
        while self.bytes + size > self.max_bytes:
            *_, turn = heapq.heappop(self.heap)
            self.bytes -= self.weight(self.held.pop(turn))
        heapq.heappush(self.heap, (self.score(importance, self.turn), importance, self.turn))
        self.held[self.turn] = content
        self.bytes += size
        self.turn += 1

    def contents(self):
        """List what is held, in order of arrival."""
        return list(self.held.values())
