class Histogram:
    """Doublings of 64 even steps each; the value of a bucket is its middle."""

    def __init__(self):
        self.counts = Counter()

    def add(self, value):
        fraction, power = math.frexp(value)
        self.counts[power if value else -9999, int(fraction * 128)] += 1

    def merge(self, other):
        self.counts += other.counts

    def percentile(self, percent):
        found = sorted(self.counts.elements())
        if not found:
            return None
        power, step = found[max(1, math.ceil(percent * len(found) / 100)) - 1]
        return math.ldexp((step + 0.5) / 128, power) if step else 0.0
