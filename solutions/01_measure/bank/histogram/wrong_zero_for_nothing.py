"""misconception: none-is-zero
fails: None when nothing was added
"""

class Histogram:
    def __init__(self):
        self.counts = Counter()

    def add(self, value):
        self.counts[math.floor(math.log(value, 1.02)) if value else -math.inf] += 1

    def merge(self, other):
        self.counts.update(other.counts)

    def percentile(self, percent):
        if not self.counts:
            return 0.0
        rank = max(1, math.ceil(percent * sum(self.counts.values()) / 100))
        for bucket in sorted(self.counts):
            rank -= self.counts[bucket]
            if rank <= 0:
                return 1.02 ** (bucket + 0.5)
