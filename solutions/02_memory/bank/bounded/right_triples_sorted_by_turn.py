"""Triples sorted by turn."""

import itertools


class Bounded:
    """Messages within `max_bytes`; when room is needed, the lowest score goes."""

    def __init__(self, max_bytes, score, weight):
        self.weight = weight
        self.max_bytes = max_bytes
        self.score = score
        self.bytes = 0
        self.heap = []  # (score, turn, data)
        self.turns = itertools.count()

    def add(self, content, importance):
        """Remember `content`; ValueError if it alone is larger than the limit."""
        data = content, self.weight(content)
        if data[1] > self.max_bytes:
            raise ValueError(f"{data[1]} > {self.max_bytes}")
        while self.bytes > self.max_bytes - data[1]:
            self.bytes -= heapq.heappop(self.heap)[2][1]
        turn = next(self.turns)
        heapq.heappush(self.heap, (self.score(importance, turn), turn, data))
        self.bytes += data[1]

    def contents(self):
        """What is held, in order of arrival."""
        return [data[0] for _, _, data in sorted(self.heap, key=lambda item: item[1])]
