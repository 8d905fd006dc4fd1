"""misconception: newest-goes
fails: the lowest score goes, contents in order of arrival, comparisons an add with 120 messages held
"""

class Bounded:
    def __init__(self, max_bytes, score, weight):
        self.weight = weight
        self.max_bytes, self.score = max_bytes, score
        self.bytes, self.turn = 0, 0
        self.heap, self.texts = [], {}

    def add(self, content, importance):
        size = self.weight(content)
        if size > self.max_bytes:
            raise ValueError("too large")
        if self.bytes + size > self.max_bytes:
            return
        self.texts[self.turn] = content
        self.bytes += size
        self.turn += 1

    def contents(self):
        return list(self.texts.values())
