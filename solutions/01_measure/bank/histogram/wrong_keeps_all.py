"""misconception: keep-them-all
fails: as many buckets for many values as for few
"""

class Histogram:
    def __init__(self):
        self.counts = Counter()

    def add(self, value):
        self.counts[value] += 1

    def merge(self, other):
        self.counts.update(other.counts)

    def percentile(self, percent):
        if not self.counts:
            return None
        rank = max(1, math.ceil(percent * sum(self.counts.values()) / 100))
        for bucket in sorted(self.counts):
            rank -= self.counts[bucket]
            if rank <= 0:
                return bucket
