"""misconception: one-case-is-enough
fails: zero is a value, two merged are one
"""

class Histogram:
    def __init__(self):
        self.counts = Counter()

    def add(self, value):
        if value:
            self.counts[math.floor(math.log(value, 1.02))] += 1

    def merge(self, other):
        self.counts.update(other.counts)

    def percentile(self, percent):
        if not self.counts:
            return None
        rank = max(1, math.ceil(percent * sum(self.counts.values()) / 100))
        for bucket in sorted(self.counts):
            rank -= self.counts[bucket]
            if rank <= 0:
                return 1.02 ** (bucket + 0.5)
