"""misconception: computed-once
fails: two merged are one
"""


class Histogram:
    def __init__(self):
        self.counts = Counter()
        self.sorted = None

    def add(self, value):
        self.counts[
            math.floor(math.log(value) / math.log(1.019)) if value else -math.inf
        ] += 1

    def merge(self, other):
        self.counts.update(other.counts)
        self.sorted = None

    def percentile(self, percent):
        n = sum(self.counts.values())
        if not n:
            return None
        if self.sorted is None:
            self.sorted = sorted(self.counts.items())
            self.n = n
        rank = max(1, math.ceil(percent * self.n / 100))
        for b, c in self.sorted:
            rank -= c
            if rank <= 0:
                return 0 if b == -math.inf else math.exp((b + 0.5) * math.log(1.019))
