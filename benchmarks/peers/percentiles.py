"""Recorders of latencies: each has `record(seconds)` and `quantiles(list of 0..1)`.

`RECORDERS` maps a name to a maker, which raises ImportError where it is missing.
"""

from array import array
from bisect import bisect_left
from collections.abc import Callable, Sequence
from typing import Any, Protocol


class Recorder(Protocol):
    """Counts seconds and answers quantiles."""

    def record(self, seconds: float) -> object: ...

    def quantiles(self, parts: Sequence[float]) -> list[float]: ...


class ListAndSort:
    """Keeps everything and sorts when asked, with the usual slip of one rank."""

    def __init__(self) -> None:
        self.times: list[float] = []
        self.record = self.times.append

    def quantiles(self, parts: Sequence[float]) -> list[float]:
        """The values at int(n * part)."""
        ordered = sorted(self.times)
        return [ordered[min(int(len(ordered) * p), len(ordered) - 1)] for p in parts]


class Exact:
    """Keeps everything and lets numpy find the value at the nearest rank."""

    def __init__(self) -> None:
        self._times = array("d")
        self.record = self._times.append

    def quantiles(self, parts: Sequence[float]) -> list[float]:
        """All in one pass."""
        import numpy as np

        values = np.frombuffer(self._times)
        return list(np.quantile(values, parts, method="inverted_cdf").tolist())


class Hdr:
    """hdrhistogram: three digits, from a microsecond to an hour."""

    def __init__(self) -> None:
        from hdrh.histogram import HdrHistogram

        self._hdr = HdrHistogram(1, 3_600_000_000, 3)

    def record(self, seconds: float) -> object:
        """In whole microseconds."""
        return self._hdr.record_value(int(seconds * 1e6))

    def quantiles(self, parts: Sequence[float]) -> list[float]:
        """One walk over the counts for each."""
        return [self._hdr.get_value_at_percentile(100 * p) / 1e6 for p in parts]


class Crick:
    """crick: a t-digest in C."""

    def __init__(self) -> None:
        from crick import TDigest

        self._digest = TDigest()
        self.record = self._digest.add

    def quantiles(self, parts: Sequence[float]) -> list[float]:
        """Interpolated."""
        return [float(value) for value in self._digest.quantile(list(parts))]


class DDSketch:
    """ddsketch with a relative error of 1 %, its default."""

    def __init__(self) -> None:
        from ddsketch import DDSketch as Sketch

        self._sketch: Any = Sketch()
        self.record = self._sketch.add

    def quantiles(self, parts: Sequence[float]) -> list[float]:
        """One walk over the bins for each."""
        return [self._sketch.get_quantile_value(p) for p in parts]


class Prometheus:
    """prometheus_client with its default buckets, read as its server would."""

    def __init__(self) -> None:
        from prometheus_client import CollectorRegistry, Histogram

        self._histogram = Histogram("latency", "seconds", registry=CollectorRegistry())
        self.record = self._histogram.observe

    def quantiles(self, parts: Sequence[float]) -> list[float]:
        """Interpolated within the bucket."""
        (metric,) = self._histogram.collect()
        buckets = [s for s in metric.samples if s.name.endswith("_bucket")]
        edges = [float(s.labels["le"]) for s in buckets]
        totals = [s.value for s in buckets]
        return [interpolated(edges, totals, p * totals[-1]) for p in parts]


def interpolated(edges: list[float], totals: list[float], rank: float) -> float:
    """Where `rank` lies between the edges of its bucket."""
    at = bisect_left(totals, rank)
    if edges[at] == float("inf"):
        return edges[at - 1]
    low, below = (edges[at - 1], totals[at - 1]) if at else (0.0, 0.0)
    return low + (edges[at] - low) * (rank - below) / max(totals[at] - below, 1)


RECORDERS: dict[str, Callable[[], Recorder]] = {
    "exact (numpy)": Exact,
    "HdrHistogram": Hdr,
    "crick": Crick,
    "ddsketch": DDSketch,
    "prometheus_client": Prometheus,
}
