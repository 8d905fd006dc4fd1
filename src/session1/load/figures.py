"""The outcome of a load run: waits, ends, and the key figures they make."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
import psutil

from session1.monitoring.kpi import KPIS

HITS = ("exact", "fuzzy", "semantic")
GOOD = (*HITS, "model")  # all else is no success: a stand-in, a wrong answer, an error


@dataclass(slots=True)
class Load:
    """One run, or several at once: seconds waited by each caller, and how it ended.

    Callers came for `span_s`, during which `served` of them got a right answer.
    `seconds` is from the first arrival to the last answer, on the clock of the loop,
    of which `skipped_s` were not waited; `cpu_s` is what the processes worked.
    """

    waits: list[float]
    ends: Counter[str]
    errors: Counter[str] = field(default_factory=Counter)
    served: int = 0
    span_s: float = 0.0
    seconds: float = 0.0
    cpu_s: float = 0.0
    skipped_s: float = 0.0
    rss_bytes: int = 0
    processes: int = 1

    @property
    def requests(self) -> int:
        """Callers who came, each of whom got an answer or an error."""
        return len(self.waits)

    def share(self, *ends: str) -> float:
        """Share (0 to 1) of the requests that ended so."""
        return sum(self.ends[end] for end in ends) / max(self.requests, 1)

    def measurements(self) -> dict[str, float | None]:
        """Return the figures for the KPI table; None for what an empty run lacks.

        A success is a right answer from the cache or the model, a stand-in is none.
        Throughput counts successes while callers came. CPU is the share of as many
        cores as there were processes, memory that of the machine.
        """
        if not self.requests:
            return dict.fromkeys(kpi.key for kpi in KPIS)
        found = np.percentile(self.waits, (50, 95, 99), method="inverted_cdf")
        p50, p95, p99 = (max(float(value), 0.0) for value in found)
        room = self.seconds * self.processes
        total = psutil.virtual_memory().total
        return {
            "p50": p50,
            "p95": p95,
            "p99": p99,
            "throughput": self.served / self.span_s if self.span_s else None,
            "cpu": min(self.cpu_s / room, 1.0) if room else None,
            "memory": min(self.rss_bytes / total, 1.0),
            "success_rate": self.share(*GOOD),
            "error_rate": self.share("error"),
        }


def merged(parts: Iterable[Load]) -> Load:
    """Runs that went on at the same time as one: of all waits, not of percentiles."""
    loads = list(parts)
    return Load(
        waits=[wait for load in loads for wait in load.waits],
        ends=sum((load.ends for load in loads), Counter()),
        errors=sum((load.errors for load in loads), Counter()),
        served=sum(load.served for load in loads),
        span_s=max(load.span_s for load in loads),
        seconds=max(load.seconds for load in loads),
        cpu_s=sum(load.cpu_s for load in loads),
        skipped_s=sum(load.skipped_s for load in loads),
        rss_bytes=sum(load.rss_bytes for load in loads),
        processes=sum(load.processes for load in loads),
    )
