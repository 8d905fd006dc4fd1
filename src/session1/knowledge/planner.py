"""How to search, chosen by cost; the unit is one vector compared in a scan."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

GATHER = 3.0  # a row that lies apart and has to be copied first
WALK = 30.0  # each candidate of a walk: its neighbours, read from all over the memory
GAIN = 1.5  # times as quick as a scan has to be what is not as exact
SLACK = 1.5  # times as many fetched as a filter lets through on average

Method = Literal["exact scan", "scan of the filtered", "walk", "walk, then filter"]
EfFor = Callable[[int], int]


@dataclass(frozen=True, slots=True)
class Plan:
    """The way a search is done, with the `costs` of all ways considered.

    At most `matching` of the `live` vectors pass the filter. A walk keeps `ef`
    candidates and takes the nearest `fetch` of them.
    """

    method: Method
    live: int
    matching: int
    costs: dict[Method, float]
    ef: int = 0
    fetch: int = 0

    @property
    def walks(self) -> bool:
        """Whether it uses the graph, whose answers are approximate."""
        return self.ef > 0

    def __str__(self) -> str:
        """The plan in a line, then what each way would cost, the cheapest first."""
        walk = f", ef {self.ef}, fetching {self.fetch}" if self.walks else ""
        head = f"{self.method}{walk} ({self.matching:,} of {self.live:,} can match)"
        order = sorted(self.costs.items(), key=lambda item: item[1])
        return "\n".join(
            [head, *(f"  cost {cost:>12,.0f}  {way}" for way, cost in order)]
        )


def choose(
    live: int,
    k: int,
    matching: int | None = None,
    cut_out: bool = False,
    ef_for: EfFor | None = None,
    strays: int = 0,
) -> Plan:
    """The cheapest way to the `k` nearest of `live` vectors, a walk if well worth it.

    At most `matching` of them pass the filter (None: there is none); `cut_out` says
    that those lie side by side already. `ef_for` tells the ef that finds so many well
    enough; None where there is no graph, or one that cannot be relied on. A walk
    compares the `strays` besides.
    """
    costs = _scan(live, matching, cut_out)
    share = 1.0 if matching is None else matching / max(live, 1)
    fetch = k if matching is None else math.ceil(SLACK * k / share) if share else live
    ef = 0
    # a walk that would keep a good part of all is no walk, and may not find so many
    if ef_for and 4 * fetch <= live:
        ef = max(ef_for(fetch), fetch)
        if 2 * ef <= live:
            way: Method = "walk" if matching is None else "walk, then filter"
            costs[way] = WALK * ef + GATHER * strays
    method = min(costs, key=lambda way: costs[way] * (GAIN if "walk" in way else 1))
    found = live if matching is None else matching
    if method.startswith("walk"):
        return Plan(method, live, found, costs, ef, fetch)
    return Plan(method, live, found, costs)


def _scan(live: int, matching: int | None, cut_out: bool) -> dict[Method, float]:
    if matching is None:
        return {"exact scan": float(live)}
    # above a share of all rows it is cheaper to compare with every one
    apart = min(GATHER * matching, float(live + matching))
    return {"scan of the filtered": float(matching) if cut_out else apart}
