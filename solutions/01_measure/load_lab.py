"""One service under load, seen by two testers: the module's lab and its figures."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from matplotlib.figure import Figure

from coursekit.core import style
from coursekit.core.one_line import one_line
from coursekit.learn.lab import Lab, slider
from session1.monitoring.histogram import nearest_rank

SECONDS, FREEZES_AT = 60.0, 20.0
PERCENTS = (50, 90, 95, 99, 99.9)
CLOSED, OPEN = "closed loop: waits, then asks", "open loop: asks on time"


@dataclass(frozen=True)
class Seen:
    """What a tester wrote down: when each request was due, and the wait in ms."""

    due: Sequence[float]
    waits: Sequence[float]

    def percentile(self, percent: float) -> float:
        """The wait in ms at that nearest rank."""
        return sorted(self.waits)[nearest_rank(percent, len(self.waits)) - 1]


@dataclass(frozen=True)
class Runs:
    """The same minute of the same service, seen by both testers."""

    closed: Seen
    open: Seen

    @property
    def missing(self) -> int:
        """How many requests of the plan the closed loop never sent."""
        return len(self.open.waits) - len(self.closed.waits)


@cache
def run(
    rate: float = 100,
    frozen: float = 5.0,
    service: float = 1.0,
    slow_share: float = 0.0,
    slow: float = 50.0,
) -> Runs:
    """A service that serves one after the other, and both testers for a minute.

    `rate` requests a second are planned; one takes `service` ms, some take `slow` ms,
    and for `frozen` seconds nothing moves.
    """
    draw = random.Random(1)
    count = round(rate * SECONDS)
    plan = [
        (i / rate, (slow if 100 * draw.random() < slow_share else service) / 1000)
        for i in range(count)
    ]
    return Runs(_closed(plan, frozen), _open(plan, frozen))


def _done(start: float, takes: float, frozen: float) -> float:
    """When work that starts then is done."""
    thaws = FREEZES_AT + frozen
    if start >= thaws or start + takes <= FREEZES_AT:
        return start + takes
    return thaws + takes - max(0.0, FREEZES_AT - start)


def _open(plan: Sequence[tuple[float, float]], frozen: float) -> Seen:
    free, waits = 0.0, []
    for due, takes in plan:
        free = _done(max(due, free), takes, frozen)
        waits.append(1000 * (free - due))
    return Seen([due for due, _ in plan], waits)


def _closed(plan: Sequence[tuple[float, float]], frozen: float) -> Seen:
    free, sent, waits = 0.0, [], []
    for due, takes in plan:
        if due < free:
            continue  # it waits for the last answer, and does not ask
        free = _done(due, takes, frozen)
        sent.append(due)
        waits.append(1000 * (free - due))
    return Seen(sent, waits)


@one_line
def load_lab(**settings: float) -> Lab:
    """The lab: sliders for the load and the service, and what both testers see."""
    controls = {
        "rate": slider("requests a second", 10, 400, 10, 100),
        "frozen": slider("the service is frozen", 0.0, 10.0, 0.5, 5.0, "s"),
        "slow_share": slider("slow requests", 0.0, 5.0, 0.5, 0.0, "%"),
        "slow": slider("a slow one takes", 10, 200, 10, 50, "ms"),
    }
    lab = Lab("Load lab: two testers, one service", controls, draw, summarize, run)
    return lab.set(**settings) if settings else lab


def draw(figure: Figure, runs: Runs) -> None:
    """Waits by the time they were due, and by percentile."""
    left, right = figure.subplots(1, 2, width_ratios=[5, 4])
    looks = (
        (runs.open, style.BLUE, "-", OPEN),
        (runs.closed, style.VERMILLION, "--", CLOSED),
    )
    for seen, colour, line, label in looks:
        marks = "." if seen is runs.open else "x"
        size = 3 if seen is runs.open else 5
        step = max(1, len(seen.due) // 1000)
        slowest = max(range(len(seen.waits)), key=seen.waits.__getitem__)
        shown = [*range(0, len(seen.due), step), slowest]
        left.plot(
            [seen.due[i] for i in shown],
            [seen.waits[i] for i in shown],
            marks,
            color=colour,
            markersize=size,
        )
        behind = [100 / (100 - p) for p in CURVE]
        waits = sorted(seen.waits)
        found = [waits[nearest_rank(p, len(waits)) - 1] for p in CURVE]
        right.plot(behind, found, line, color=colour, label=label)
    left.set(xlabel="second of the run", yscale="log", title="Wait of each request")
    right.set(xscale="log", yscale="log", title="Percentiles")
    for axes in (left, right):  # ticks by hand: finding them takes half of the time
        labels = list(WAITS.values()) if axes is left else []
        axes.set(yticks=list(WAITS), yticklabels=labels, ylim=(0.5, None))
        axes.minorticks_off()
    ticks = (50, 95, 99, 99.9)
    right.set_xticks([100 / (100 - p) for p in ticks], [f"P{p:g}" for p in ticks])
    right.minorticks_off()
    figure.legend(loc="lower center", ncols=2, fontsize=9)
    figure.subplots_adjust(left=0.1, right=0.96, top=0.91, bottom=0.23, wspace=0.1)


WAITS = {1: "1 ms", 10: "10 ms", 100: "100 ms", 1000: "1 s", 10_000: "10 s"}
CURVE = (*range(0, 90, 5), *[90 + n / 2 for n in range(18)], 99, 99.3, 99.6, 99.9)


def summarize(runs: Runs) -> str:
    """What both testers report, in figures."""
    lines = [f"{'':9}{'requests':>9}" + "".join(f"{f'P{p:g}':>10}" for p in PERCENTS)]
    for name, seen in (("closed", runs.closed), ("open", runs.open)):
        cells = "".join(f"{_shown(seen.percentile(p)):>10}" for p in PERCENTS)
        lines.append(f"{name:9}{len(seen.waits):>9,}{cells}")
    return "\n".join([*lines, f"The closed loop left out {runs.missing:,} requests."])


def _shown(wait: float) -> str:
    """A wait in the unit that reads best."""
    return f"{wait:,.0f} ms" if wait < 10_000 else f"{wait / 1000:,.0f} s"
