"""The picture of the calls part: prefixes, a stream, and what terse words save."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from matplotlib.axes import Axes
from matplotlib.ticker import PercentFormatter

from session1.demo.plot import COLOURS, INK, STYLE, panels
from session1.demo.plot import save as save_figure


def save(
    prefixes: Mapping[str, Mapping[str, float]],
    stream: Mapping[str, Any],
    terse: Mapping[int, float],
    path: Path,
) -> Path:
    """Draw to `path` (PNG); returns it."""
    figure, (tokens, wait, saving) = panels(3)
    draw_prefixes(tokens, prefixes)
    draw_stream(wait, stream)
    draw_saving(saving, terse)
    return save_figure(figure, path)


def draw_prefixes(axes: Axes, found: Mapping[str, Mapping[str, float]]) -> None:
    """Tokens of a prompt, those known again and those read anew."""
    names = list(found)
    known = [found[name]["known"] for name in names]
    fresh = [found[name]["tokens"] - found[name]["known"] for name in names]
    labels = [name.replace(" first", "\nfirst") for name in names]
    axes.bar(labels, known, color=COLOURS["ours"], label="known again")
    axes.bar(labels, fresh, bottom=known, color=COLOURS["naive"], label="read anew")
    for i, name in enumerate(names):
        top = found[name]["tokens"]
        axes.annotate(
            f"{1e3 * found[name]['first_token_s']:,.0f} ms",
            (i, top),
            (0, 3),
            textcoords="offset points",
            ha="center",
            color=INK,
        )
    axes.set(
        title="Tokens of a later prompt",
        ylim=(0, 1.3 * max(map(sum, zip(known, fresh, strict=True)))),
    )
    axes.legend(frameon=False, loc="upper right")


def draw_stream(axes: Axes, stream: Mapping[str, Any]) -> None:
    """How long one waits for something to read."""
    waits = {
        "whole answer": stream["total_s"],
        "first piece": stream["first_token_s"],
        "kept answer": stream["again_s"],
    }
    bars = axes.barh(list(waits), [1e3 * s for s in waits.values()])
    for bar, colour in zip(bars, ("naive", "yours", "ours"), strict=True):
        bar.set_color(COLOURS[colour])
    # three figures, and never 1.81e+03
    labels = [f"{1e3 * s:,.{0 if s >= 0.1 else 2}f} ms" for s in waits.values()]
    axes.bar_label(bars, labels, padding=3, color=INK)
    axes.invert_yaxis()
    axes.margins(x=0.2)
    axes.set(title="Wait until there is …", xlabel="milliseconds")


def draw_saving(axes: Axes, terse: Mapping[int, float]) -> None:
    """Draw what terse words save: the more data, the less."""
    words = list(terse)
    axes.plot(words, list(terse.values()), "o-", color=COLOURS["ours"], **STYLE)
    for n, share in terse.items():
        axes.annotate(
            f"{share:.0%}", (n, share), (6, 6), textcoords="offset points", color=INK
        )
    axes.set(title="Tokens a terse template saves", xlabel="words of data")
    axes.margins(x=0.15)
    axes.set_ylim(0, 1)
    axes.yaxis.set_major_formatter(PercentFormatter(1))
    axes.grid(alpha=0.25)
