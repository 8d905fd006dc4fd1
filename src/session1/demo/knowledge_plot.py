"""The picture of the knowledge part: what recall costs, and what a filter costs."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from matplotlib.axes import Axes

from session1.demo.plot import COLOURS, INK, STYLE, panels
from session1.demo.plot import save as save_figure


def save(search: Mapping[str, Any], filters: Mapping[str, Any], path: Path) -> Path:
    """Draw to `path` (PNG); returns it."""
    figure, (recall, filtered) = panels(2)
    draw_recall(recall, search)
    draw_filters(filtered, filters)
    return save_figure(figure, path)


def draw_recall(axes: Axes, search: Mapping[str, Any]) -> None:
    """Recall over the time of a search: one mark an ef, the scan and the chosen."""
    tried = list(search["tried"].items())
    times, shares = [one["us"] for _, one in tried], [one["recall"] for _, one in tried]
    axes.plot(times, shares, color=COLOURS["ours"], marker="o", **STYLE)
    for name, one in tried:
        axes.annotate(  # aslant, because some are close to each other
            f"ef {name}", (one["us"], one["recall"]), (2, -6), **POINTS, **ASLANT
        )
    exact, chosen = search["exact_us"], search["chosen_us"]
    axes.plot(exact, 1, "s", color=COLOURS["naive"], markersize=8)
    axes.annotate("scan of all", (exact, 1), (-10, 8), **POINTS)
    axes.plot(
        chosen, search["recall"], "*", color=COLOURS["yours"], markersize=15, zorder=3
    )
    axes.annotate("chosen", (chosen, search["recall"]), (-18, -18), **POINTS)
    axes.axhline(search["goal"], color=INK, linestyle=":", linewidth=1)
    axes.set(
        title=f"10 nearest of {search['messages']:,} messages",
        xlabel="µs a search",
        ylabel="recall",
        ylim=(min(shares) - 0.03, 1.02),
        xlim=(0, 1.15 * max(*times, exact)),
    )


def draw_filters(axes: Axes, filters: Mapping[str, Any]) -> None:
    """A bar for each filter, with the way it was gone about."""
    names = [name for name in filters if "us" in filters[name]]
    for row, name in enumerate(names):
        one = filters[name]
        axes.barh(row, one["us"], color=COLOURS["ours"], height=0.5)
        axes.text(
            0, row - 0.42, f"{one['plan']}, {one['pass']:,} pass", color=INK, fontsize=9
        )
    axes.set_yticks(range(len(names)), names)
    axes.set_ylim(len(names) - 0.5, -0.7)
    axes.set(title="with a filter", xlabel="µs a search")


POINTS: dict[str, Any] = {
    "textcoords": "offset points",
    "fontsize": 9,
    "color": INK,
}
ASLANT: dict[str, Any] = {"rotation": -40, "ha": "left", "va": "top"}
