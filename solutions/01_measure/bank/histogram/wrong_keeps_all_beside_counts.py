"""misconception: keep-them-all
fails: as many buckets for many values as for few
"""

class Histogram:
    def __init__(self):
        self.counts = Counter()
        self.values = []
    def add(self, value):
        self.values.append(value)
    def merge(self, other):
        self.values += other.values
    def percentile(self, percent):
        if not self.values: return None
        return sorted(self.values)[max(1, math.ceil(percent * len(self.values) / 100)) - 1]
