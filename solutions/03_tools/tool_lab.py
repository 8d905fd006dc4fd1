"""Tool calls as bars on virtual time: the module's widget."""

import asyncio
import math
import random
from dataclasses import dataclass, field, replace
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from coursekit.core import style
from coursekit.learn.lab import Lab, slider
from session1.caching.single_flight import SingleFlight
from session1.caching.ttl import TTLCache
from session1.runtime.batch import GiveUp, run_batch
from session1.virtual_time import now, run

ROWS = ("one by one", "side by side", "cached", "shared")
COLOURS = {"run": style.BLUE, "joined": style.ORANGE, "hit": style.GREEN}
USUAL = 0.4  # seconds: the median call


class ToolDown(RuntimeError):
    """What a tool of the lab raises when it fails."""


@dataclass(frozen=True, slots=True)
class Question:
    """One question to a tool: how long its run takes and whether it fails."""

    key: int
    seconds: float
    fails: bool


@dataclass(frozen=True, slots=True)
class Bar:
    """What became of one request, from `start` to `end` in virtual seconds."""

    request: int
    start: float
    end: float
    kind: str  # run, joined or hit
    failed: bool


@dataclass(slots=True)
class Way:
    """One way to run all requests, a bar for each."""

    name: str
    bars: list[Bar] = field(default_factory=list)

    @property
    def seconds(self) -> float:
        """When the last request was answered."""
        return max(bar.end for bar in self.bars)

    def count(self, *kinds: str) -> int:
        """How many requests had one of these fates."""
        return sum(bar.kind in kinds for bar in self.bars)

    def failed(self, *kinds: str) -> int:
        """How many of those failed: whoever joins a failing run does too."""
        return sum(bar.kind in kinds and bar.failed for bar in self.bars)


def questions(
    tools: int, failure_rate: float, tail: float, seed: int = 271
) -> list[Question]:
    """`tools` requests, about every third a question that was asked before.

    `tail` is the sigma of the log of a latency: 0 makes all calls take 0.4 s.
    """
    rng = random.Random(seed)
    made: list[Question] = []
    for i in range(tools):
        again, spread, luck = rng.random(), rng.gauss(0, 1), rng.random()
        if made and again < 0.35:
            made.append(rng.choice(made[-3:]))
        else:
            seconds = USUAL * math.exp(tail * spread)
            made.append(Question(i, round(seconds, 3), luck < failure_rate))
    return made


async def _ask(question: Question) -> None:
    await asyncio.sleep(question.seconds)
    if question.fails:
        raise ToolDown(f"tool {question.key} is down")


async def _go(
    way: Way, asked: list[Question], limit: int, cached: bool, shared: bool
) -> Way:
    cache: TTLCache[int, str] = TTLCache(clock=now)
    flights: SingleFlight[int, None] = SingleFlight()

    def fate(key: int) -> str:
        if cached and cache.get(key):
            return "hit"
        return "joined" if shared and key in flights else "run"

    async def answered(question: Question, kind: str) -> None:
        if kind == "hit":
            return
        if shared:
            await flights.run(question.key, lambda: _ask(question))
        else:
            await _ask(question)
        cache.put(question.key, "kept")

    async def timed(i: int, _give_up: GiveUp) -> None:
        start, kind, failed = now(), fate(asked[i].key), True
        try:
            await answered(asked[i], kind)
            failed = False
        finally:
            way.bars.append(Bar(i, start, now(), kind, failed))

    await run_batch(timed, range(len(asked)), limit)
    return way


def ways(tools: int, limit: int, failure_rate: float, tail: float) -> list[Way]:
    """The same requests run in four ways, by the parts of the reference."""
    asked = questions(tools, failure_rate, tail)

    async def main() -> list[Way]:
        found = []
        for i, name in enumerate(ROWS):
            began = now()
            at_most = limit if i else 1
            way = await _go(Way(name), asked, at_most, cached=i >= 2, shared=i == 3)
            way.bars = [
                replace(b, start=b.start - began, end=b.end - began) for b in way.bars
            ]
            found.append(way)
        return found

    return run(main).value


def tool_timeline(**settings: float) -> Lab:
    """The lab: sliders for the calls, four ways to run them."""
    controls = {
        "tools": slider("calls", 2, 24, 1, 16),
        "limit": slider("limit", 1, 24, 1, 4, "at a time"),
        "failure_rate": slider("failure rate", 0.0, 0.6, 0.05, 0.15),
        "tail": slider("latency tail", 0.0, 1.5, 0.1, 0.6, "sigma"),
    }
    lab = Lab("Tool timeline: the same calls, four ways", controls, draw, words, ways)
    return lab.set(**settings) if settings else lab


def draw(figure: Figure, found: list[Way]) -> None:
    """Four bands of bars, one a request, from left to right as time goes."""
    axes = figure.subplots()
    end = max(way.seconds for way in found)
    tall = len(found[0].bars) + 1.5
    width = min(10.0, 50 / tall)  # points, a little less than a row
    for band, way in enumerate(found):
        _band(axes, way, band * tall, width)
        text = f"{way.seconds:.1f} s, {way.count('run')} runs"
        y = band * tall + (tall - 1.5) / 2
        axes.text(end * 1.03, y, text, va="center", fontsize=9, color=style.BLACK)
        if band:
            axes.axhline(band * tall - 0.75, color=style.LIGHT, linewidth=1)
    middles = [band * tall + (tall - 1.5) / 2 for band in range(len(found))]
    axes.set_yticks(middles, [way.name for way in found])
    axes.tick_params(axis="y", length=0)
    axes.set(
        xlim=(0, end * 1.22), ylim=(4 * tall - 0.9, -1.1), xlabel="virtual seconds"
    )
    axes.grid(axis="y", visible=False)
    _legend(axes)
    figure.subplots_adjust(left=0.125, right=0.985, top=0.9, bottom=0.125)


def _band(axes: Axes, way: Way, top: float, width: float) -> None:
    """All bars of one kind as one line with gaps: quick to draw."""
    for kind, colour in COLOURS.items():
        xs: list[Any] = []
        ys: list[Any] = []
        for bar in (b for b in way.bars if b.kind == kind):
            xs += [bar.start, bar.end, None]
            ys += [top + bar.request, top + bar.request, None]
        if kind == "hit":
            axes.plot(xs, ys, "D", color=colour, markersize=min(5.0, width))
            continue
        axes.plot(xs, ys, color=colour, linewidth=width, solid_capstyle="butt")
        if kind == "joined":  # hollow: told apart without colour too
            thin = 0.4 * width
            axes.plot(xs, ys, color="white", linewidth=thin, solid_capstyle="butt")
    lost = [bar for bar in way.bars if bar.failed]
    ends, rows = [bar.end for bar in lost], [top + bar.request for bar in lost]
    axes.plot(ends, rows, "x", color=style.VERMILLION, markersize=5, mew=2)


def _legend(axes: Axes) -> None:
    def line(kind: str, **look: Any) -> Line2D:
        return Line2D([], [], color=COLOURS[kind], solid_capstyle="butt", **look)

    hollow = Line2D([], [], color="white", linewidth=2.4, solid_capstyle="butt")
    cross = {"marker": "x", "linestyle": "", "markeredgewidth": 2}
    signs: dict[str, Any] = {
        "run": line("run", linewidth=6),
        "joined a run": (line("joined", linewidth=6), hollow),
        "hit": line("hit", marker="D", linestyle=""),
        "failed": Line2D([], [], color=style.VERMILLION, **cross),
    }
    axes.legend(
        list(signs.values()),
        list(signs),
        ncols=4,
        fontsize=9,
        loc="lower left",
        bbox_to_anchor=(-0.01, 0.99),
        handlelength=1.6,
    )


def words(found: list[Way]) -> str:
    """The picture as a table, and what it says in a sentence or two.

    Runs, hits and joined add up to the calls; of these some failed.
    """
    one, side, _, shared = found
    lines = [f"{'':13}{'seconds':>8}{'runs':>6}{'hits':>6}{'joined':>8}{'failed':>8}"]
    lines += [
        f"{w.name:13}{w.seconds:>8.1f}{w.count('run'):>6}{w.count('hit'):>6}"
        f"{w.count('joined'):>8}{w.failed(*COLOURS):>8}"
        for w in found
    ]
    runs, saved = one.count("run"), shared.count("hit", "joined")
    lines.append(
        f"Side by side is {one.seconds / side.seconds:.1f} times as fast as in a row; "
        f"keeping and sharing save {saved} of {runs} runs."
    )
    if lost := shared.failed(*COLOURS):
        joined, broken = shared.failed("joined"), shared.failed("run")
        also = f", and {joined} who joined them" if joined else ""
        lines.append(
            f"Shared: {broken} run{'s' * (broken > 1)} failed{also}; "
            f"the other {len(shared.bars) - lost} calls never noticed."
        )
    return "\n".join(lines)
