"""misconception: same-formula-same-float
fails: within 1 % from microseconds to minutes, zero is a value, as many buckets for many values as for few, two merged are one, None when nothing was added
"""


class Histogram:
    def __init__(self):
        self.counts = Counter()

    def add(self, value):
        self.counts[
            math.floor(math.log(value) / math.log(1.019)) if value else -math.inf
        ] += 1

    def merge(self, other):
        self.counts.update(other.counts)

    def percentile(self, percent):
        n = sum(self.counts.values())
        if not n:
            return None
        rank = max(1, math.ceil(percent / 100 * n))
        for b in sorted(self.counts):
            rank -= self.counts[b]
            if rank <= 0:
                return 0 if b == -math.inf else math.exp((b + 0.5) * math.log(1.019))
