"""misconception: near-enough-key
fails: zero is a value
"""


class Histogram:
    def __init__(self):
        self.counts = Counter()

    def add(self, value):
        bucket = math.floor(math.log(value, 1.019)) if value else -10_000
        self.counts[bucket] += 1

    def merge(self, other):
        self.counts.update(other.counts)

    def percentile(self, percent):
        count = sum(self.counts.values())
        rank = max(1, math.ceil(percent * count / 100))
        for bucket in sorted(self.counts):
            rank -= self.counts[bucket]
            if rank <= 0:
                return 1.019 ** (bucket + 0.5)
        return None
