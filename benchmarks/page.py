"""The parts of a page of benchmarks.

A page is a module in `benchmarks/pages/` with

    TITLE: str
    GOALS: tuple[Goal, ...]
    def cases(quick: bool) -> list[Callable[[], Case | Row]]

`cases` returns functions so that a case's input exists only while it is measured.
Most pages return `Case`s, which the runner times; a page that measures something else
(bytes, errors, hits) returns finished `Row`s.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

Spread = tuple[float, float]  # the lower and the upper quartile


@dataclass(frozen=True, slots=True)
class Run:
    """A call to time; the figure reported is its seconds times `scale`.

    A call that does m operations has scale 1 / m. `extrapolated` marks one that does
    only a sample of the work, with a scale above 1.
    """

    call: Callable[[], object]
    scale: float = 1.0
    extrapolated: bool = False


@dataclass(frozen=True, slots=True)
class Case:
    """The same work done by ours, the naive version and peers, at size `n`.

    A peer that cannot be measured is given as the reason why, a string.
    """

    case: str
    n: int
    ours: Run
    naive: Run | None = None
    peers: Mapping[str, Run | str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of results; a ratio says how many times ours the other figure is."""

    case: str
    n: int
    ours: float
    naive: float | None = None
    ratio_naive: float | None = None
    peers: dict[str, float] = field(default_factory=dict)
    ratio_peers: dict[str, float] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)  # peer: why
    spread: dict[str, Spread] = field(default_factory=dict)  # who, or "ratio who"
    extrapolated: bool = False  # the naive figure
    unit: str = "s"

    def value(self, name: str) -> float | None:
        """A figure by name: "ours", "ratio_naive" or a peer's ratio by its name."""
        if name in self.ratio_peers:
            return self.ratio_peers[name]
        figure: float | None = getattr(self, name, None)
        return figure


@dataclass(frozen=True, slots=True)
class Goal:
    """A figure that should lie between `low` and `high`; name as in `Row.value`."""

    case: str
    n: int
    name: str
    low: float = 0.0
    high: float = float("inf")

    def reached(self, rows: list[Row]) -> tuple[float | None, bool]:
        """The figure found in `rows` (None if not measured) and whether it is in."""
        for row in rows:
            if (row.case, row.n) == (self.case, self.n):
                value = row.value(self.name)
                return value, value is not None and self.low <= value <= self.high
        return None, False

    def __str__(self) -> str:
        bounds = [f"≥ {self.low:,g}"] if self.low else []
        bounds += [f"≤ {self.high:,g}"] if self.high < float("inf") else []
        return f"{self.case} {self.n:,}: {self.name} {' and '.join(bounds)}"


class Page(Protocol):
    """A module in `benchmarks/pages/`."""

    TITLE: str
    GOALS: tuple[Goal, ...]

    def cases(self, quick: bool) -> list[Callable[[], Case | Row]]: ...


def as_json(row: Row) -> dict[str, Any]:
    """A row as plain data, its fields in order."""
    return {name: getattr(row, name) for name in Row.__dataclass_fields__}
