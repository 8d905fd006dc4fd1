"""The picture of the load part: how long all callers waited, against the table."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes

from session1.demo.plot import COLOURS, INK, STYLE, legend_below, panels
from session1.demo.plot import save as save_figure
from session1.load.figures import Load
from session1.monitoring.kpi import KPIS

NAMES = {"naive": "naive", "composed": "ours"}
STYLES = {"naive": "--", "composed": "-"}
PERCENTS = np.concatenate([np.arange(0, 99), np.arange(99, 100, 0.02)])
Ends = Mapping[str, tuple[str, ...]]
LEAST = 1e-5  # seconds; shorter waits are drawn here


def save(
    loads: Mapping[str, Load], ends: Mapping[str, tuple[str, ...]], path: Path
) -> Path:
    """Draw to `path` (PNG); returns it."""
    figure, (waits, shares) = panels(2)
    draw_waits(waits, loads)
    draw_ends(shares, loads, ends)
    return save_figure(figure, path)


def draw_waits(axes: Axes, loads: Mapping[str, Load]) -> None:
    """Waits by percentile, with what the table calls excellent."""
    behind = 100 / (100 - PERCENTS)  # so that P50, P90, P99 and P99.9 are apart
    for name, load in loads.items():
        found = np.percentile(load.waits, PERCENTS)
        axes.plot(
            behind,
            np.maximum(found, LEAST),
            STYLES[name],
            color=COLOURS[NAMES[name]],
            label=NAMES[name],
            **STYLE,
        )
    best = {kpi.key: kpi.excellent for kpi in KPIS}
    for percent in (50, 95, 99):
        at, limit = 100 / (100 - percent), best[f"p{percent}"]
        axes.plot(at, limit, "v", color=INK, label="excellent" if at == 2 else None)
    axes.set(xscale="log", yscale="log", title="Wait of each caller", ylabel="seconds")
    ticks = (50, 95, 99, 99.9)
    axes.set_xticks([100 / (100 - p) for p in ticks], [f"P{p:g}" for p in ticks])
    axes.minorticks_off()
    legend_below(axes, 3)


def draw_ends(axes: Axes, loads: Mapping[str, Load], ends: Ends) -> None:
    """What the callers got that was not kept already, in percent."""
    labels = [label for label in ends if label != "kept answers"]
    for turn, (name, load) in enumerate(loads.items()):
        percents = [100 * load.share(*ends[label]) for label in labels]
        places = [-(i + 0.38 * turn) for i in range(len(labels))]
        bars = axes.barh(places, percents, 0.36, color=COLOURS[NAMES[name]])
        axes.bar_label(bars, [f"{p:.2f} %" for p in percents], padding=3, color=INK)
    axes.set_yticks([-i - 0.19 for i in range(len(labels))], labels)
    axes.set_xticks([])
    axes.margins(x=0.25)
    axes.set(title="Not answered from what was kept")
