"""The cockpit: the day at play, with each part of the agent on or off."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from agents import SETTINGS
from day import SHOWN, build
from firsts import Forgetful, Hopeful, Lonely, Stale, Thrifty, Ungated
from matplotlib.figure import Figure
from pieces import reference
from reference_agent import Reference
from scoring import BAND, ROWS, Played, played, score, share

from coursekit.core import style
from coursekit.core.one_line import one_line
from coursekit.learn.lab import Choice, Lab, slider

# what is there when a part is off, in the order of a class's bases
OFF = {
    "gate": Ungated,
    "shared_run": Lonely,
    "memory": Forgetful,
    "tool_cache": Stale,
    "router": Thrifty,
    "breaker": Hopeful,
}
LABELS = {
    "gate": "gate",
    "shared_run": "shared run",
    "memory": "memory keeps what matters",
    "tool_cache": "tool results age",
    "router": "router",
    "breaker": "breaker and give-up",
}
COLOURS = {"right": style.BLUE, "wrong": style.VERMILLION, "missed": style.GREY}
MARKS = {"right": ".", "wrong": "x", "missed": "+"}


@dataclass(frozen=True, slots=True)
class View:
    """A whole day, and how much of it is shown."""

    found: Played
    figures: dict[str, float]
    until: float
    off: tuple[str, ...]


@cache
def day_without(off: tuple[str, ...]) -> tuple[Played, dict[str, float]]:
    """The shown day with some parts off; played once for each choice."""
    bases = tuple(OFF[name] for name in off)
    settings: dict[str, float] = dict(SETTINGS)
    for kind in bases:
        changed = {k: v for k, v in kind.settings.items() if v != SETTINGS[k]}
        settings.update(changed)
    made: Any = type("Composed", (*bases, Reference), {"settings": settings})
    own = reference()
    found = played(lambda world: made(world, own), build(SHOWN))
    return found, found.figures()


def run(until: float, **parts: float) -> View:
    """The day with these parts: 0 is on, 1 is off."""
    off = tuple(name for name in OFF if parts.get(name))
    return View(*day_without(off), until, off)


def _points(view: View, end: str) -> tuple[list[float], list[float]]:
    found = view.found
    wanted = {"right": ("right",), "wrong": ("wrong",)}
    ends = wanted.get(end, ("stand-in", "left", "error"))
    pairs = [
        (one.at, wait)
        for one, how, wait in zip(found.asked, found.ends, found.waits, strict=True)
        if how in ends and one.at <= view.until
    ]
    return [at for at, _ in pairs], [wait for _, wait in pairs]


def draw(figure: Figure, view: View) -> None:
    """Left every message by time and wait, right the rows of the table as bars."""
    left, right = figure.subplots(1, 2, width_ratios=[1.35, 1])
    trace = view.found.trace
    left.axvspan(*trace.outage, color=style.GREY, alpha=0.15, linewidth=0)
    for end, colour in COLOURS.items():
        at, waits = _points(view, end)
        left.plot(*(at, waits, MARKS[end]), color=colour, markersize=6, alpha=0.85)
    # few words: each takes a millisecond, and a slider must not wait
    left.set(xlim=(0, trace.seconds), ylim=(-0.3, 12.5))
    left.set(xticks=[0, 100, 200], yticks=[0, 4, 8, 12])
    left.set_title("wait (s): • right, × wrong, + missed", fontsize=10)
    left.text(trace.outage[0] + 2, 12.2, "outage", va="top", fontsize=8)
    figures = view.figures
    shares = [min(share(row, figures, SHOWN), 1.0) for row in ROWS]
    places = range(len(ROWS), 0, -1)
    colours = [style.BLUE if x >= BAND else style.VERMILLION for x in shares]
    right.barh(places, shares, color=colours, height=0.62)
    right.axvline(BAND, color=style.GREY, linewidth=1, linestyle="--")
    for place, row in zip(places, ROWS, strict=True):
        told = f"{row.label}  {row.shown(figures[row.key])}"
        right.text(0.02, place + 0.34, told, fontsize=7.5, va="bottom")
    right.set(xlim=(0, 1.05), ylim=(0.5, len(ROWS) + 1.1), yticks=[], xticks=[0, 1])
    right.set_xticklabels(["naive", "reference"], fontsize=8)
    for label, side in zip(right.get_xticklabels(), ("left", "right"), strict=True):
        label.set_horizontalalignment(side)
    right.set_title(f"whole day: {score(figures, SHOWN, 1.0):.0f} points", fontsize=10)
    figure.subplots_adjust(left=0.06, right=0.98, top=0.92, bottom=0.12, wspace=0.1)


def summarize(view: View) -> str:
    """What is off, how the messages so far ended, and which rows are out of band."""
    counts = {end: len(_points(view, end)[0]) for end in COLOURS}
    figures = view.figures
    out = [row.label for row in ROWS if share(row, figures, SHOWN) < BAND]
    off = ", ".join(LABELS[name] for name in view.off) or "nothing"
    told = ", ".join(f"{count} {end}" for end, count in counts.items())
    return (
        f"off: {off}\n"
        f"until second {view.until:.0f}: {told}\n"
        f"whole day: {score(figures, SHOWN, 1.0):.1f} points; out of band: "
        f"{', '.join(out) or 'no row'}"
    )


@one_line
def cockpit_lab(**settings: float) -> Lab:
    """The lab: how much of the day is shown, and each part on or off."""
    end = float(round(build(SHOWN).seconds))
    switches = {name: Choice(LABELS[name], ("on", "off")) for name in OFF}
    until = slider("shown until second", 10.0, end, 1.0, end, "s")
    title = "Cockpit: what each part is worth on this day"
    lab = Lab(title, {"until": until, **switches}, draw, summarize, run)
    return lab.set(**settings) if settings else lab
