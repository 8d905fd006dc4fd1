"""The picture of the storage part: what an index saves, and where the bytes are."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from matplotlib.axes import Axes

from session1.demo.plot import COLOURS, INK, legend_below, offsets, panels
from session1.demo.plot import save as save_figure

WAYS = {"scan": "naive", "index": "ours"}
TIERS = {"hot_tier": "#E69F00", "warm_tier": "#009E73", "cold_tier": "#56B4E9"}


def save(found: Mapping[str, Any], path: Path) -> Path:
    """Draw the data of the sections to `path` (PNG); returns it."""
    figure, (queries, tiers) = panels(2)
    draw_queries(queries, found["retrieval"])
    draw_tiers(tiers, found["tiers"]["looks"])
    return save_figure(figure, path)


def draw_queries(axes: Axes, queries: Mapping[str, Any]) -> None:
    """The time of each query, in both ways."""
    for way, offset in offsets(WAYS):
        times = [1e6 * one[f"{way}_s"] for one in queries.values()]
        places = [offset - i for i in range(len(queries))]
        colour = COLOURS[WAYS[way]]
        bars = axes.barh(places, times, 0.36, color=colour, label=way)
        axes.bar_label(bars, [f"{t:,.0f} µs" for t in times], padding=3, color=INK)
    axes.set_yticks([-i for i in range(len(queries))], list(queries))
    axes.set(xscale="log", title="CPU time of a query")
    axes.margins(x=0.3)
    legend_below(axes)


def draw_tiers(axes: Axes, looks: Mapping[str, Any]) -> None:
    """What the records take in each tier as time goes by."""
    for tier, offset in offsets(TIERS):
        sizes = [stats[tier]["bytes"] / 1024 for stats in looks.values()]
        places = [offset - i for i in range(len(looks))]
        name = tier.removesuffix("_tier")
        bars = axes.barh(places, sizes, 0.25, color=TIERS[tier], label=name)
        axes.bar_label(bars, [f"{kb:,.0f} kB" for kb in sizes], padding=3, color=INK)
    axes.set_yticks([-i for i in range(len(looks))], list(looks))
    axes.set_xticks([])
    axes.margins(x=0.3)
    axes.set(title="Bytes in each tier")
    legend_below(axes, 3)
