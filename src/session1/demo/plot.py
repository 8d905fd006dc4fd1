"""The palette, finish and files of the demo's pictures."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

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


def offsets(names: Iterable[str]) -> list[tuple[str, float]]:
    """Where each name's bar lies in its group, the first on top."""
    all_names = list(names)
    middle = (len(all_names) - 1) / 2
    return [(n, (middle - i) * 0.8 / len(all_names)) for i, n in enumerate(all_names)]
