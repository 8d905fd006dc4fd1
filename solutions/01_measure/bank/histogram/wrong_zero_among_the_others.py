"""misconception: one-case-is-enough
fails: zero is a value, two merged are one
"""

class Histogram:
    def __init__(self):
        self.counts = Counter()
    def add(self, value):
        b = math.floor(math.log(value, 1.02)) if value > 0 else -1
        self.counts[b] += 1
    def merge(self, other):
        self.counts.update(other.counts)
    def percentile(self, percent):
        n = sum(self.counts.values())
        if not n: return None
        rank = max(1, math.ceil(percent * n / 100))
        seen = 0
        for b in sorted(self.counts):
            seen += self.counts[b]
            if seen >= rank:
                return 0 if b == -1 else 1.02 ** (b + 0.5)
