"""misconception: forget-the-rest
fails: two merged are one
"""


class Histogram:
    def __init__(self):
        self.counts = Counter()
        self.zeros = 0

    def add(self, value):
        if value:
            self.counts[math.floor(math.log(value) / math.log(1.019))] += 1
        else:
            self.zeros += 1

    def merge(self, other):
        self.counts.update(other.counts)

    def percentile(self, percent):
        n = sum(self.counts.values()) + self.zeros
        if not n:
            return None
        rank = max(1, math.ceil(percent * n / 100)) - self.zeros
        if rank <= 0:
            return 0
        for b in sorted(self.counts):
            rank -= self.counts[b]
            if rank <= 0:
                return math.exp((b + 0.5) * math.log(1.019))
