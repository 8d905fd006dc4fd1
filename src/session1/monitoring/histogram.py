"""Percentiles of a stream in flat memory: a log-linear histogram."""

import math
from array import array

import numpy as np
from numpy.typing import NDArray

STEPS = 128  # buckets in each doubling: a bucket's middle is within 0.4 % of its edges
SMALLEST = -30  # 2**-30 s is about a nanosecond; less than that counts as zero
LARGEST = 50  # as seconds 36 million years, as bytes a thousand million million
BUCKETS = (LARGEST - SMALLEST + 1) * STEPS + 1  # the first one holds the zeros
LIMIT = 2.0**LARGEST
FRACTION = 52 - STEPS.bit_length() + 1  # bits of a float that are finer than a step
BEFORE = (1023 + SMALLEST) * STEPS - 1  # what the first bits of 2**SMALLEST say, less 1


def nearest_rank(percent: float, count: int) -> int:
    """The 1-based rank of a percentile among `count` sorted values.

    Nearest rank: the smallest rank with at least `percent` of the values at or
    below it. Worked in whole thousandths, because ceil(0.07 * 100) is 8.
    """
    if not 0 <= percent <= 100:
        raise ValueError(f"a percentile lies between 0 and 100, not {percent}")
    return max(1, -(-round(percent * 1000) * count // 100_000))


class Histogram:
    """Values such as seconds or bytes, 0 to 2**50; percentiles within 0.5 %.

    The first `exact` values are kept as they are, so small samples are answered
    exactly. From then on each batch of `exact` values is folded into log-linear
    buckets, of which only those between the smallest and the largest value are held.
    Not safe to share between threads.
    """

    __slots__ = (
        "_counts",
        "_exact",
        "_first",
        "_folded",
        "_high",
        "_low",
        "_pending",
        "_total",
    )

    def __init__(self, exact: int = 1024) -> None:
        if exact < 1:
            raise ValueError(f"exact must be at least 1, not {exact}")
        self._exact = exact
        self._pending = array("d")
        self._counts: NDArray[np.int64] | None = None
        self._first = 0  # the bucket that the counts begin with
        self._folded = 0
        self._total = 0.0
        self._low, self._high = math.inf, -math.inf

    def record(self, value: float) -> None:
        """Count one value; ValueError if it is negative, NaN or above 2**50."""
        if not 0.0 <= value <= LIMIT:
            raise ValueError(f"a histogram takes values from 0 to 2**50, not {value}")
        pending = self._pending
        pending.append(value)
        if len(pending) >= self._exact:
            self._fold()

    def extend(self, values: NDArray[np.float64]) -> None:
        """Count many values at once, each from 0 to 2**50, which is not checked."""
        self._pending.frombytes(values.tobytes())
        if len(self._pending) >= self._exact:
            self._fold()

    def __len__(self) -> int:
        return self._folded + len(self._pending)

    @property
    def total(self) -> float:
        """Sum of all values."""
        return self._total + math.fsum(self._pending)

    @property
    def mean(self) -> float:
        """Average of all values, 0.0 when there are none."""
        return self.total / len(self) if len(self) else 0.0

    @property
    def min(self) -> float:
        """The smallest value, exactly; ValueError when there are none."""
        self._need_values()
        return min(self._low, min(self._pending, default=math.inf))

    @property
    def max(self) -> float:
        """The largest value, exactly; ValueError when there are none."""
        self._need_values()
        return max(self._high, max(self._pending, default=-math.inf))

    def percentile(self, percent: float) -> float:
        """The value at that nearest rank; ValueError when there are none."""
        return self.percentiles(percent)[0]

    def percentiles(self, *percents: float) -> list[float]:
        """Several percentiles for the price of one."""
        self._need_values()
        ranks = [nearest_rank(p, len(self)) for p in percents]
        if self._counts is None:
            ordered = sorted(self._pending)
            return [ordered[rank - 1] for rank in ranks]
        self._fold()
        found = self._first + np.searchsorted(np.cumsum(self._counts), ranks)
        return [min(max(_middle(int(b)), self._low), self._high) for b in found]

    def count_under(self, limit: float) -> int:
        """How many values are below `limit`; exact while the values are.

        Of folded ones those in the bucket of `limit` are not: values that a deadline
        cut off lie just there, and none of them was below it.
        """
        below = sum(value < limit for value in self._pending)
        if self._counts is None or limit <= 0:
            return below
        if limit > self._high:
            return below + self._folded
        edge = int(_buckets(np.array([limit], np.float64))[0])
        return below + int(self._counts[: max(edge - self._first, 0)].sum())

    def merge(self, other: "Histogram") -> None:
        """Add everything `other` counted; `other` stays as it is."""
        if other._counts is not None:
            self._count(other._first, other._counts.copy())
            self._folded += other._folded
            self._total += other._total
            self._low = min(self._low, other._low)
            self._high = max(self._high, other._high)
        self._pending.extend(other._pending)
        if len(self._pending) >= self._exact:
            self._fold()

    def _fold(self) -> None:
        """Move the pending values into buckets."""
        if not self._pending:
            return
        values = np.frombuffer(self._pending, dtype=np.float64)
        buckets = _buckets(values)
        first = int(buckets.min())
        self._count(first, np.bincount(buckets - first))
        self._folded += len(values)
        self._total += float(values.sum())
        self._low = min(self._low, float(values.min()))
        self._high = max(self._high, float(values.max()))
        self._pending = array("d")

    def _count(self, first: int, counts: NDArray[np.int64]) -> None:
        """Add `counts`, which begin at bucket `first`, to those there are."""
        if self._counts is None:
            self._first, self._counts = first, counts
            return
        end = self._first + len(self._counts)
        low, high = min(self._first, first), max(end, first + len(counts))
        if high - low > len(self._counts):
            wider = np.zeros(high - low, np.int64)
            wider[self._first - low : end - low] = self._counts
            self._first, self._counts = low, wider
        self._counts[first - low : first - low + len(counts)] += counts

    def _need_values(self) -> None:
        if not len(self):
            raise ValueError("no values recorded yet: record some before asking")


def _buckets(values: NDArray[np.float64]) -> NDArray[np.int64]:
    """Each value's bucket: its doubling, then its step within the doubling.

    A float is its exponent followed by its fraction, so its first bits are just that.
    """
    return np.maximum((values.view(np.int64) >> FRACTION) - BEFORE, 0)


def _middle(bucket: int) -> float:
    """The value that stands for a bucket."""
    if bucket == 0:
        return 0.0
    doubling, step = divmod(bucket - 1, STEPS)
    return math.ldexp(STEPS + step + 0.5, doubling + SMALLEST - STEPS.bit_length() + 1)
