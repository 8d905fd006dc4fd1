"""A heap of objects that compare by score alone: of equals it is any that leaves.

misconception: oldest-goes
fails: the lowest score goes, contents in order of arrival, comparisons an add with 120 messages held
"""

class Held:
    def __init__(self, content, score, turn, size):
        self.content, self.score, self.turn = content, score, turn
        self.size = size

    def __lt__(self, other):
        return self.score < other.score


class Bounded:
    """Messages within `max_bytes`; when room is needed, the lowest score goes."""

    def __init__(self, max_bytes, score, weight):
        self.weight = weight
        self.max_bytes = max_bytes
        self.score = score
        self.bytes = 0
        self.heap = []
        self.turn = 0

    def add(self, content, importance):
        """Remember `content`; ValueError if it alone is larger than the limit."""
        new = Held(content, self.score(importance, self.turn), self.turn, self.weight(content))
        if new.size > self.max_bytes:
            raise ValueError("larger than the whole memory")
        while self.bytes + new.size > self.max_bytes:
            self.bytes -= heapq.heappop(self.heap).size
        heapq.heappush(self.heap, new)
        self.bytes += new.size
        self.turn += 1

    def contents(self):
        """What is held, in order of arrival."""
        return [held.content for held in sorted(self.heap, key=lambda held: held.turn)]
