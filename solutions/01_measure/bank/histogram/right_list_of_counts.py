class Histogram:
    def __init__(self):
        self.counts = [0] * 2400
    def add(self, value):
        b = 0 if value <= 0 else max(1, min(2399, math.floor(math.log(value / 1e-7, 1.0115)) + 1))
        self.counts[b] += 1
    def merge(self, other):
        self.counts = [x + y for x, y in zip(self.counts, other.counts)]
    def percentile(self, percent):
        n = sum(self.counts)
        if n == 0: return None
        rank = max(1, math.ceil(percent * n / 100))
        for b, c in enumerate(self.counts):
            rank -= c
            if rank <= 0:
                return 0.0 if b == 0 else 1e-7 * 1.0115 ** (b - 0.5)
