"""misconception: buckets-are-even
fails: within 1 % from microseconds to minutes, zero is a value, as many buckets for many values as for few, two merged are one, None when nothing was added
"""

class Histogram:
    def __init__(self):
        self.counts = Counter()

    def add(self, value):
        self.counts[round(value * 1000)] += 1

    def merge(self, other):
        self.counts.update(other.counts)

    def percentile(self, percent):
        if not self.counts:
            return None
        rank = max(1, math.ceil(percent * sum(self.counts.values()) / 100))
        for bucket in sorted(self.counts):
            rank -= self.counts[bucket]
            if rank <= 0:
                return bucket / 1000
