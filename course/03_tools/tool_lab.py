"""Tool calls as bars on virtual time: the module's widget."""

import asyncio
import math
import random
from dataclasses import dataclass, field
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from coursekit import style
from coursekit.lab import Lab, slider
from session1.caching.single_flight import SingleFlight
from session1.caching.ttl import TTLCache
from session1.runtime.batch import GiveUp, run_batch
from session1.virtual_time import now, run

ROWS = ("one by one", "side by side", "cached", "shared")
COLOURS = {
    "run": style.BLUE,
    "failed": style.VERMILLION,
    "joined": style.ORANGE,
    "hit": style.GREEN,
}
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
    kind: str  # run, failed, joined or hit


@dataclass(slots=True)
class Way:
    """One way to run all requests: its bars, and how often a tool ran."""

    name: str
    bars: list[Bar] = field(default_factory=list)
    runs: int = 0
    broken: int = 0  # runs that failed
    lost: int = 0  # requests that failed: whoever joins a failing run does too

    @property
    def seconds(self) -> float:
        """When the last request was answered."""
        return max(bar.end for bar in self.bars)

    def count(self, kind: str) -> int:
        """How many requests ended like this."""
        return sum(bar.kind == kind for bar in self.bars)


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


async def _ask(way: Way, question: Question) -> str:
    way.runs += 1
    await asyncio.sleep(question.seconds)
    if question.fails:
        way.broken += 1
        raise ToolDown(f"tool {question.key} is down")
    return "run"


async def _go(
    way: Way, asked: list[Question], limit: int, cached: bool, shared: bool
) -> Way:
    cache: TTLCache[int, str] = TTLCache(clock=now)
    flights: SingleFlight[int, str] = SingleFlight()

    async def answered(question: Question) -> str:
        if cached and cache.get(question.key):
            return "hit"
        if not shared:
            kind = await _ask(way, question)
        else:
            joins = question.key in flights
            kind = await flights.run(question.key, lambda: _ask(way, question))
            kind = "joined" if joins else kind
        cache.put(question.key, "kept")
        return kind

    async def timed(i: int, _give_up: GiveUp) -> None:
        start, kind = now(), "failed"
        try:
            kind = await answered(asked[i])
        finally:
            way.bars.append(Bar(i, start, now(), kind))

    outcomes = await run_batch(timed, range(len(asked)), limit)
    way.lost = sum(outcome.error is not None for outcome in outcomes)
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
                Bar(b.request, b.start - began, b.end - began, b.kind) for b in way.bars
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
        text = f"{way.seconds:.1f} s, {way.runs} runs"
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
        if kind == "failed":
            axes.plot(xs[1::3], ys[1::3], "x", color=style.BLACK, markersize=4.5)


def _legend(axes: Axes) -> None:
    def line(kind: str, **look: Any) -> Line2D:
        return Line2D([], [], color=COLOURS[kind], solid_capstyle="butt", **look)

    hollow = Line2D([], [], color="white", linewidth=2.4, solid_capstyle="butt")
    cross = {"marker": "x", "markeredgecolor": style.BLACK}
    signs: dict[str, Any] = {
        "run": line("run", linewidth=6),
        "joined a run": (line("joined", linewidth=6), hollow),
        "hit": line("hit", marker="D", linestyle=""),
        "failed": line("failed", linewidth=6, **cross),
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
    """The picture as a table, and what it says in a sentence or two."""
    one, side, _, shared = found
    lines = [f"{'':13}{'seconds':>8}{'runs':>6}{'hits':>6}{'joined':>8}{'failed':>8}"]
    lines += [
        f"{w.name:13}{w.seconds:>8.1f}{w.runs:>6}{w.count('hit'):>6}"
        f"{w.count('joined'):>8}{w.lost:>8}"
        for w in found
    ]
    saved = one.runs - shared.runs
    lines.append(
        f"Side by side is {one.seconds / side.seconds:.1f} times as fast as in a row; "
        f"keeping and sharing save {saved} of {one.runs} runs."
    )
    if shared.lost:
        joined = shared.lost - shared.broken
        whose = f" ({joined} joined a failing run)" if joined else ""
        ends = len(shared.bars) - shared.lost
        lines.append(
            f"Shared: {shared.lost} requests failed{whose}; "
            f"the other {ends} never noticed."
        )
    return "\n".join(lines)
