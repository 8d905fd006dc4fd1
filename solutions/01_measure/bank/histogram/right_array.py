"""buckets in a numpy array"""

import numpy as np


class Histogram:
    def __init__(self):
        self.counts = np.zeros(2000, dtype=np.int64)

    def add(self, value):
        i = (
            0
            if value == 0
            else 1
            + min(max(int(round(np.log(value / 1e-6) / np.log(1.0198))), 0), 1998)
        )
        self.counts[i] += 1

    def merge(self, other):
        self.counts += other.counts

    def percentile(self, percent):
        n = int(self.counts.sum())
        if n == 0:
            return None
        i = int(
            np.searchsorted(
                np.cumsum(self.counts), max(1, math.ceil(percent * n / 100))
            )
        )
        return 0.0 if i == 0 else 1e-6 * 1.0198 ** (i - 1)
