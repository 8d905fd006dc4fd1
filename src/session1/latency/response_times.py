"""Count every request once, by how it ended, and how long its answer took."""

from collections import Counter
from typing import Any, Literal

from session1.monitoring.histogram import LIMIT, Histogram

Answered = Literal["exact", "fuzzy", "semantic", "model", "fallback"]
Ended = Literal["error", "cancelled", "rejected", "broken"]
HITS = ("exact", "fuzzy", "semantic")
NO_FIGURES = {"count": 0, "avg": 0.0, "p50": 0.0, "p90": 0.0, "p95": 0.0, "p99": 0.0}


class ResponseTimes:
    """Seconds of all answers, of hits and of misses, in flat memory."""

    def __init__(self) -> None:
        self.ends: Counter[str] = Counter()
        self._all = Histogram()
        self._hits = Histogram()
        self._misses = Histogram()

    def answered(self, how: Answered, seconds: float) -> float:
        """Count an answer; returns its seconds, 0 where the clock went back."""
        seconds = min(max(seconds, 0.0), LIMIT)
        self.ends[how] += 1
        self._all.record(seconds)
        (self._hits if how in HITS else self._misses).record(seconds)
        return seconds

    def ended(self, how: Ended) -> None:
        """Count a request that got no answer, or a stream that broke within one."""
        self.ends[how] += 1

    def figures(self, target: float) -> dict[str, Any]:
        """All figures against a target in seconds; zeros where there are none."""
        times, ends = self._all, self.ends
        n = len(times)
        points = times.percentiles(50, 90, 95, 99) if n else [0.0] * 4
        under = times.count_under(target)
        hits = sum(ends[how] for how in HITS)
        return {
            "no_data": n == 0,
            "total_responses": n,
            "avg_response_time": times.mean,
            "min_response_time": times.min if n else 0.0,
            "max_response_time": times.max if n else 0.0,
            "p50_response_time": points[0],
            "p90_response_time": points[1],
            "p95_response_time": points[2],
            "p99_response_time": points[3],
            "responses_under_target": under,
            "target_achievement_rate": 100 * under / n if n else 0.0,
            "hit_rate_pct": 100 * hits / n if n else 0.0,
            "exact_hits": ends["exact"],
            "fuzzy_hits": ends["fuzzy"],
            "semantic_hits": ends["semantic"],
            "model_answers": ends["model"],
            "fallbacks": ends["fallback"],
            "errors": ends["error"],
            "cancelled": ends["cancelled"],
            "rejected": ends["rejected"],
            "broken_streams": ends["broken"],
            "hits": summary(self._hits),
            "misses": summary(self._misses),
        }


def summary(times: Histogram) -> dict[str, Any]:
    """Count, average and percentiles, in seconds."""
    if not len(times):
        return dict(NO_FIGURES)
    points = times.percentiles(50, 90, 95, 99)
    named = dict(zip(("p50", "p90", "p95", "p99"), points, strict=True))
    return {"count": len(times), "avg": times.mean, **named}
