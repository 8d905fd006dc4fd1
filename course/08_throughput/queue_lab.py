"""A line and its workers: the module's widget, with the theory beside the run."""

import math
from dataclasses import dataclass

from matplotlib.figure import Figure
from queues import Played, arrivals, played, services, theory

from coursekit.core import style
from coursekit.core.one_line import one_line
from coursekit.learn.lab import Lab, slider

COUNT, MEAN = 4_000, 1.0  # requests, and the seconds that one takes on average
BUSIEST, SEED = 0.995, 71


@dataclass(frozen=True, slots=True)
class Run:
    """What a run came to, and the curve of the theory behind it."""

    workers: int
    rate: float
    spread: float
    found: Played
    says: float  # the theory's mean wait, in seconds
    curve: list[tuple[float, float]]  # busy share and mean wait

    @property
    def load(self) -> float:
        """The busy share that the rate asks for: more than 1 cannot be."""
        return self.rate * MEAN / self.workers


def run(rate: float, workers: int, spread: float) -> Run:
    """4,000 requests, `rate` a second, each 1 s on average for one of the workers."""
    come, take = arrivals(rate, COUNT, SEED), services(MEAN, spread, COUNT, SEED + 1)
    # as many a second, and as long on average, as the sliders say
    pace, size = COUNT / (rate * come[-1]), COUNT * MEAN / math.fsum(take)
    come, take = [at * pace for at in come], [seconds * size for seconds in take]
    found = played(come, take, workers)
    shares = [i / 100 for i in range(30, 100)] + [BUSIEST]
    curve = [(x, theory(x * workers / MEAN, MEAN, spread, workers)) for x in shares]
    says = theory(rate, MEAN, spread, workers)
    return Run(workers, rate, spread, found, says, curve)


def draw(figure: Figure, result: Run) -> None:
    """Left the theory's curve and where this run lies, right the waits over time."""
    left, right = figure.subplots(1, 2, width_ratios=[1, 1.15])
    busy, waits = zip(*result.curve, strict=True)
    left.plot([100 * x for x in busy], waits, color=style.GREY, label="theory")
    left.plot(
        100 * result.found.busy,
        result.found.mean,
        "o",
        color=style.BLUE,
        markersize=9,
        label="this run",
    )
    most = max(1.0, 1.3 * result.found.mean)
    left.set(xlim=(30, 101), ylim=(0, most), xlabel="busy, percent")
    left.set_title("mean wait (s)")
    left.legend(loc="upper left", fontsize=9)
    points = result.found.waits[:: COUNT // 800]
    right.plot(range(0, COUNT, COUNT // 800), points, color=style.BLUE, linewidth=1)
    right.set(xlabel="request", ylim=(0, max(1.0, 1.1 * max(points))))
    right.set_title("how long each one waited (s)")
    figure.subplots_adjust(left=0.07, right=0.98, top=0.9, bottom=0.14, wspace=0.2)


def summarize(result: Run) -> str:
    """Rate, workers and busy share; the wait, found and foretold; P99."""
    found = result.found
    lines = [
        f"{result.rate:g} requests a second of {MEAN:g} s each: "
        f"{result.rate * MEAN:g} workers are needed, there are {result.workers}",
        f"busy {found.busy:.0%} of the time",
    ]
    if math.isinf(result.says):
        lines.append(
            f"mean wait {found.mean:.1f} s and growing: the theory knows no end to it"
        )
    else:
        says = f"the theory says {result.says:.2f} s"
        lines.append(f"mean wait {found.mean:.2f} s, {says}")
    lines.append(f"P99 of wait and work {found.p99():.1f} s")
    return "\n".join(lines)


@one_line
def queue_lab(**settings: float) -> Lab:
    """The lab: sliders for the rate, the workers and the spread of their times."""
    controls = {
        "rate": slider("requests a second", 1.0, 20.0, 0.5, 9.0),
        "workers": slider("workers", 1, 30, 1, 10),
        "spread": slider("spread of times", 0.0, 3.0, 0.25, 1.0),
    }
    lab = Lab("Queue lab: who waits, and for how long", controls, draw, summarize, run)
    return lab.set(**settings) if settings else lab
