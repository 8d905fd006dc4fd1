"""Where an agent's gets end up, and what they take: the module's widget."""

import json
import random
import sys
import zlib
from dataclasses import dataclass
from functools import cache

from ladder import RECORD, STORED
from matplotlib.figure import Figure

from coursekit.core import style
from coursekit.core.one_line import one_line
from coursekit.learn.lab import Lab, slider

TIERS = ("hot", "warm", "cold")
COLOURS = dict(zip(TIERS, (style.ORANGE, style.GREEN, style.SKY), strict=True))
IDS, GETS, GAP = 1_500, 3_000, 20.0  # records, gets, seconds between two
FRONTS = ("dict in front", "nothing in front", "Redis in front")
MAX_TTL = 120  # minutes


@dataclass(frozen=True)
class Day:
    """What a day's gets found, and the microseconds they took."""

    found: tuple[str, ...]  # the tier of each get
    held: dict[str, int]  # records in each tier at the end
    bytes: int

    def share(self, tier: str) -> float:
        """Percent of the gets that a tier answered."""
        return 100 * self.found.count(tier) / len(self.found)

    def times(self, front: str) -> list[float]:
        """Microseconds of each get, in ascending order."""
        hot = {FRONTS[0]: STORED["dict"], FRONTS[2]: STORED["Redis"]}.get(front, 0.0)
        slow = {"warm": STORED["SQLite"], "cold": STORED["compressed file"]}
        if front == FRONTS[1]:
            slow["hot"] = STORED["SQLite"]
        return sorted(hot + slow.get(tier, 0.0) for tier in self.found)


def mean(times: list[float]) -> float:
    """The mean."""
    return sum(times) / len(times)


def p99(times: list[float]) -> float:
    """The time that 99 of 100 gets do not exceed, by nearest rank."""
    return times[-(-99 * len(times) // 100) - 1]


@cache
def _asked() -> list[int]:
    """Few records often, most seldom, and the same again soon after."""
    draw = random.Random(6)
    asked: list[int] = []
    for _ in range(GETS):
        if asked and draw.random() < 0.25:
            asked.append(draw.choice(asked[-40:]))
        else:
            asked.append(int(IDS * draw.random() ** 6))
    return asked


def run(size: int, hot_ttl: float, warm_ttl: float) -> Day:
    """A day of gets: room for `size` hot records, ttls in minutes and hours."""
    hot: dict[int, float] = {}  # id: last use, the longest unused first
    used: dict[int, float] = {}
    found = []
    now = 0.0
    for id in _asked():
        now += GAP
        age = now - used.get(id, 0.0)
        if id in hot and now - hot[id] < 60 * hot_ttl:
            tier = "hot"
        else:
            tier = "warm" if age < 3_600 * warm_ttl else "cold"
        found.append(tier)
        hot.pop(id, None)
        used[id] = now
        if size:
            hot[id] = now
            if len(hot) > size:
                del hot[next(iter(hot))]
    warm = sum(now - used.get(id, 0.0) < 3_600 * warm_ttl for id in range(IDS))
    fresh = sum(now - at < 60 * hot_ttl for at in hot.values())
    held = {"hot": fresh, "warm": warm, "cold": IDS - warm}
    sizes = record_sizes()
    return Day(tuple(found), held, sum(held[t] * sizes[t] for t in TIERS))


@cache
def record_sizes() -> dict[str, int]:
    """Bytes of the same record in each tier."""
    text = json.dumps(RECORD).encode()
    memory = sys.getsizeof(RECORD) + sum(map(sys.getsizeof, RECORD.values()))
    return {"hot": memory, "warm": len(text), "cold": len(zlib.compress(text))}


@one_line
def tier_lab(**settings: float) -> Lab:
    """The lab: sliders for the room and the ttls of the tiers."""
    controls = {
        "size": slider("room in hot", 0, 120, 10, 60, "records"),
        "hot_ttl": slider("hot ttl", 1, MAX_TTL, 1, 60, "minutes"),
        "warm_ttl": slider("warm ttl", 1, 16, 1, 4, "hours"),
    }
    lab = Lab("Tier lab: who answers a get", controls, draw, summarize, run)
    return lab.set(**settings) if settings else lab


def draw(figure: Figure, day: Day) -> None:
    """Above, who answered; below, what a get takes with each store in front."""
    above, below = figure.subplots(2, 1, height_ratios=[1, 2.4])
    left = 0.0
    for tier in TIERS:
        share = day.share(tier)
        above.barh(0, share, left=left, color=COLOURS[tier], height=0.6)
        if share >= 7:
            label = f"{tier} {share:.0f} %"
            above.text(left + share / 2, 0, label, ha="center", va="center")
        left += share
    above.set(xlim=(0, 100), title="Share of gets answered by each tier")
    above.set_yticks([])
    above.set_xticks([])
    above.grid(visible=False)
    above.spines[:].set_visible(False)
    for place, front in enumerate(FRONTS):
        times = day.times(front)
        below.barh(-place, mean(times), color=style.COLOURS[1], height=0.5)
        below.plot(p99(times), -place, "|", color=style.VERMILLION, ms=16, mew=3)
        most = max(mean(times), p99(times))
        text = f"mean {mean(times):.1f}, P99 {p99(times):.1f} µs"
        below.text(most + 2.5, -place, text, va="center", fontsize=9)
    below.set_yticks([0, -1, -2], FRONTS)
    below.set(xlim=(0, 150), title="A get takes, mean (bar) and P99 (mark), in µs")
    below.grid(visible=False, axis="y")
    figure.subplots_adjust(left=0.2, right=0.97, top=0.92, bottom=0.09, hspace=0.5)


def summarize(day: Day) -> str:
    """Shares, times and bytes."""
    shares = ", ".join(f"{tier} {day.share(tier):.0f} %" for tier in TIERS)
    lines = [f"Of {GETS:,} gets: {shares}"]
    for front in FRONTS:
        times = day.times(front)
        lines.append(f"{front}: mean {mean(times):.1f} µs, P99 {p99(times):.1f} µs")
    held = ", ".join(f"{tier} {day.held[tier]:,}" for tier in TIERS)
    lines.append(f"Records held: {held}; {day.bytes / 1_000:,.0f} kB in all")
    return "\n".join(lines)
