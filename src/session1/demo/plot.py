"""The palette, finish and files of the demo's pictures."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

# Okabe and Ito's palette, which colour-blind people can tell apart.
COLOURS = {
    "no reuse": "#999999",
    "naive": "#D55E00",
    "yours": "#009E73",
    "ours": "#0072B2",
}
INK = "#333333"
STYLE: dict[str, Any] = {"linewidth": 2}


def panels(count: int) -> tuple[Figure, list[Axes]]:
    """A wide figure of `count` axes side by side."""
    figure = Figure(figsize=(5 * count, 4.6), dpi=110, layout="constrained")
    return figure, list(figure.subplots(1, count))


def save(figure: Figure, path: Path) -> Path:
    """Finish the axes and write to `path` (PNG), making its folder; returns it."""
    for axes in figure.axes:
        axes.spines[["top", "right"]].set_visible(False)
        axes.tick_params(colors=INK)
        axes.title.set_fontweight("bold")
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path)
    return path


def legend_below(axes: Axes, columns: int = 2) -> None:
    """A legend that covers no data."""
    axes.legend(
        frameon=False, loc="upper center", bbox_to_anchor=(0.5, -0.12), ncols=columns
    )


def groups(
    axes: Axes,
    labels: Sequence[str],
    found: Mapping[str, Sequence[float]],
    shown: str,
    colours: Mapping[str, str] = COLOURS,
) -> None:
    """A group of bars for each label, in it one of each name, the first on top.

    `found` has the lengths by name, and `shown` is the form in which they are written.
    """
    for i, (name, lengths) in enumerate(found.items()):
        offset = ((len(found) - 1) / 2 - i) * 0.8 / len(found)
        places = [offset - place for place in range(len(labels))]
        colour, height = colours[name], 0.7 / len(found)
        bars = axes.barh(places, lengths, height, color=colour, label=name)
        said = [shown.format(length) for length in lengths]
        axes.bar_label(bars, said, padding=3, color=INK)
    axes.set_yticks([-i for i in range(len(labels))], labels)
    legend_below(axes, len(found))


def shares(axes: Axes, labels: Sequence[str], found: Mapping[str, Any]) -> None:
    """Groups of bars of shares, 0 to 1, written in percent."""
    groups(axes, labels, found, "{:.0%}")
    axes.set_xlim(0, 1.15)
    axes.xaxis.set_major_formatter(PercentFormatter(1))
