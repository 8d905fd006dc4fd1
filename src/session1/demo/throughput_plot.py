"""The picture of the throughput part: waits for an agent, and what went faster."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter

from session1.demo.plot import COLOURS, INK, legend_below, offsets, panels
from session1.demo.plot import save as save_figure


def save(found: Mapping[str, Any], path: Path) -> Path:
    """Draw to `path` (PNG); returns it."""
    figure, (waits, faster) = panels(2)
    draw_waits(waits, found["pool"])
    draw_faster(faster, ratios(found))
    return save_figure(figure, path)


def draw_waits(axes: Axes, pool: Mapping[str, Mapping[str, float]]) -> None:
    """How long requests waited for an agent, from a cold pool and a warm one."""
    groups = {"first_s": "first", "median_s": "median", "most_s": "longest"}
    colours = {"cold": COLOURS["naive"], "warm": COLOURS["ours"]}
    for name, offset in offsets(pool):
        places = [offset - i for i in range(len(groups))]
        seconds = [pool[name][key] for key in groups]
        bars = axes.barh(places, seconds, 0.35, color=colours[name], label=name)
        axes.bar_label(bars, [f"{s:.2f} s" for s in seconds], padding=3, color=INK)
    axes.set_yticks([-i for i in range(len(groups))], list(groups.values()))
    axes.set(title="Wait for an agent")
    axes.margins(x=0.15)
    axes.xaxis.set_major_formatter(FuncFormatter(lambda s, _: f"{s:g} s"))
    legend_below(axes)


def ratios(found: Mapping[str, Any]) -> dict[str, float]:
    """How many times faster ours was, by what it was compared with."""
    batches, pages = found["batches"], found["fetch"]
    return {
        "window\nagainst barrier": batches["barrier_s"] / batches["window_s"],
        "pages at once\nagainst one by one": (
            pages["one by one"]["seconds"] / pages["at once"]["seconds"]
        ),
        **{
            f"cpu_map\n{name}": f["loop_s"] / f["map_s"]
            for name, f in found["cpu"].items()
        },
        **{
            f"pooled connection\n{name}": f["fresh_s"] / f["pool_s"]
            for name, f in found["database"].items()
        },
    }


def draw_faster(axes: Axes, ratios: Mapping[str, float]) -> None:
    """A bar for each ratio; the line is where both are equal."""
    places = [-i for i in range(len(ratios))]
    bars = axes.barh(places, list(ratios.values()), 0.6, color=COLOURS["ours"])
    axes.bar_label(bars, [f"{r:.1f}x" for r in ratios.values()], padding=3, color=INK)
    axes.set_yticks(places, list(ratios))
    axes.set_xscale("log")
    axes.axvline(1, color=INK, linewidth=1)
    axes.set(title="Times faster")
    axes.margins(x=0.15)
    axes.xaxis.set_major_formatter(FuncFormatter(lambda r, _: f"{r:g}x"))
