class Histogram:
    """Nearest power of 1.015, counted in a plain dict; zeros by themselves."""

    def __init__(self):
        self.counts = {}

    def add(self, value):
        key = round(math.log(value) / math.log(1.015)) if value > 0 else None
        self.counts[key] = self.counts.get(key, 0) + 1

    def merge(self, other):
        for key, count in list(other.counts.items()):
            self.counts[key] = self.counts.get(key, 0) + count

    def percentile(self, percent):
        total = sum(self.counts.values())
        if total == 0:
            return None
        rank = max(1, math.ceil(percent * total / 100))
        seen = self.counts.get(None, 0)
        if seen >= rank:
            return 0
        for key in sorted(key for key in self.counts if key is not None):
            seen += self.counts[key]
            if seen >= rank:
                return 1.015**key
