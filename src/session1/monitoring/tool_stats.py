"""Counts of the calls of one tool."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

from session1.deadlines import TimeUp
from session1.monitoring.histogram import LIMIT, Histogram


@dataclass(slots=True)
class ToolStats:
    """Counts of one tool's calls; times are seconds.

    Each call is a hit, coalesced with one that ran already, or an execution, and each
    ends well, in an error (a timeout of the tool's own is one), at the deadline
    (`timeouts`) or cancelled. `total_time` is what callers
    waited; `latency` is what the tool itself took, without hits and without waiting.
    """

    total_calls: int = 0
    cache_hits: int = 0
    coalesced: int = 0
    executions: int = 0
    successes: int = 0
    errors: int = 0
    timeouts: int = 0
    cancelled: int = 0
    total_time: float = 0.0
    latency: Histogram = field(default_factory=Histogram)

    def __getitem__(self, name: str) -> Any:
        """One of `figures`, such as stats["total_calls"]."""
        return self.figures()[name]

    def hit(self, seconds: float) -> None:
        """Count a call that the cache answered."""
        self.total_calls += 1
        self.cache_hits += 1
        self.successes += 1
        if seconds > 0:
            self.total_time += seconds

    def ended(
        self, seconds: float, error: BaseException | None = None, ran: bool = False
    ) -> None:
        """Count the end of a call that missed; `ran` if it ran the tool itself."""
        if ran:
            self.executed(seconds)
        if seconds > 0:  # a clock may step back
            self.total_time += seconds
        if error is None:
            self.successes += 1
        elif isinstance(error, asyncio.CancelledError):
            self.cancelled += 1
        elif isinstance(error, TimeUp):
            self.timeouts += 1
        else:
            self.errors += 1

    def executed(self, seconds: float) -> None:
        """Record what one execution took, whatever its end; 0 if the clock jumped."""
        self.latency.record(seconds if 0.0 <= seconds <= LIMIT else 0.0)

    def figures(self) -> dict[str, Any]:
        """All of it as plain numbers, with averages and percentiles."""
        calls, latency = self.total_calls, self.latency
        points = latency.percentiles(50, 90, 95, 99) if len(latency) else [0.0] * 4
        return {
            "total_calls": calls,
            "cache_hits": self.cache_hits,
            "coalesced": self.coalesced,
            "executions": self.executions,
            "successes": self.successes,
            "errors": self.errors,
            "timeouts": self.timeouts,
            "cancelled": self.cancelled,
            "cache_hit_rate_pct": 100 * self.cache_hits / calls if calls else 0.0,
            "total_time": self.total_time,
            "avg_time": self.total_time / calls if calls else 0.0,
            "avg_execution_time": latency.mean,
            **dict(zip(("p50", "p90", "p95", "p99"), points, strict=True)),
        }
