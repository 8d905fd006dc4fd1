"""The table of key figures: what to aim for, what is excellent, what needs action."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from session1.limits import number
from session1.table import table as text_table

Unit = Literal["s", "per s", "share"]
Verdict = Literal["excellent", "target", "fair", "action", "not measured"]
Measurements = Mapping[str, float | None]


@dataclass(frozen=True, slots=True)
class Kpi:
    """A key figure and its bounds, in seconds, per second, or as a share of 1.

    A value exactly on a bound is not past it: 100 ms is not below 100 ms.
    """

    key: str
    label: str
    unit: Unit
    better: Literal["lower", "higher"]
    target: float
    excellent: float
    action: float

    def verdict(self, value: float | None) -> Verdict:
        """Which band `value` is in; "fair" lies between target and action.

        ValueError for NaN and for what cannot be, such as a share above 1.
        """
        if value is None:
            return "not measured"
        self._check(value)
        sign = 1 if self.better == "lower" else -1
        if sign * value < sign * self.excellent:
            return "excellent"
        if sign * value < sign * self.target:
            return "target"
        return "action" if sign * value > sign * self.action else "fair"

    def past(self, value: float) -> float:
        """How far `value` is off: 0 at the target, 1 where action is needed.

        Negative on the good side of the target.
        """
        self._check(value)
        return (value - self.target) / (self.action - self.target)

    def bounds(self) -> tuple[str, str, str]:
        """Target, excellent and action as text, such as "< 100 ms"."""
        well, badly = ("<", ">") if self.better == "lower" else (">", "<")
        return (
            f"{well} {self.shown(self.target)}",
            f"{well} {self.shown(self.excellent)}",
            f"{badly} {self.shown(self.action)}",
        )

    def shown(self, value: float) -> str:
        """`value` with its unit."""
        if self.unit == "share":
            return f"{100 * value:.4g} %"
        if self.unit == "per s":
            return f"{value:,.0f} /s" if value >= 100 else f"{value:.3g} /s"
        for size, unit in ((1, "s"), (1e-3, "ms")):
            if value >= size:
                return f"{value / size:,.4g} {unit}"
        return f"{1e6 * value:.4g} µs"

    def _check(self, value: float) -> None:
        if math.isnan(number(self.key, value)):
            raise ValueError(f"{self.key} is not a number: give None if not measured")
        if value < 0:
            raise ValueError(f"{self.key} cannot be negative, but is {value}")
        if self.unit == "share" and value > 1:
            raise ValueError(
                f"{self.key} is a share of 1, not {value}: divide percents by 100"
            )


KPIS = (
    Kpi("p50", "P50 latency", "s", "lower", 0.100, 0.050, 0.200),
    Kpi("p95", "P95 latency", "s", "lower", 0.500, 0.200, 1.0),
    Kpi("p99", "P99 latency", "s", "lower", 1.0, 0.500, 2.0),
    Kpi("throughput", "Throughput", "per s", "higher", 1000, 5000, 500),
    Kpi("cpu", "CPU usage", "share", "lower", 0.70, 0.50, 0.85),
    Kpi("memory", "Memory usage", "share", "lower", 0.80, 0.60, 0.90),
    Kpi("success_rate", "Success rate", "share", "higher", 0.99, 0.999, 0.98),
    Kpi("error_rate", "Error rate", "share", "lower", 0.01, 0.001, 0.02),
)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: the figure, what was measured, and the verdict."""

    kpi: Kpi
    value: float | None
    verdict: Verdict


def rows(measurements: Measurements) -> list[Row]:
    """The eight rows for `measurements` by key; a missing one is "not measured".

    Other keys are left alone, so a monitor's measurements can be given as they are.
    """
    found = [(kpi, measurements.get(kpi.key)) for kpi in KPIS]
    return [Row(kpi, value, kpi.verdict(value)) for kpi, value in found]


def table(rows: Iterable[Row]) -> str:
    """The rows as text, with their bounds."""
    lines = []
    for row in rows:
        target, excellent, action = row.kpi.bounds()
        value = "-" if row.value is None else row.kpi.shown(row.value)
        lines.append([row.kpi.label, value, row.verdict, target, excellent, action])
    return text_table(
        ["metric", "measured", "verdict", "target", "excellent", "action"], lines
    )
