"""misconception: keep-them-all
fails: as many buckets for many values as for few
"""

class Histogram:
    def __init__(self):
        self.counts = {}
    def add(self, value):
        b = math.floor(math.log(value, 1.02)) if value else -math.inf
        self.counts.setdefault(b, []).append(value)
    def merge(self, other):
        for b, vs in other.counts.items():
            self.counts.setdefault(b, []).extend(vs)
    def percentile(self, percent):
        values = sorted(v for vs in self.counts.values() for v in vs)
        if not values: return None
        return values[max(1, math.ceil(percent * len(values) / 100)) - 1]
