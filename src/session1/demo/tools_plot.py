"""The picture of the tools part: when tools ran, how often, and what was reused."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter

from session1.demo.plot import COLOURS, STYLE, legend_below, panels, shares
from session1.demo.plot import save as save_figure
from session1.demo.tool_runs import Batch

MARKS = {"naive": "s", "yours": "^", "ours": "o"}
KINDS = {"fetch": "#56B4E9", "search": "#E69F00", "answer": "#CC79A7"}
OTHER = "#999999"


def save(
    timed: Mapping[str, Mapping[str, Batch]],
    shared: Mapping[str, Mapping[int, int]],
    kept: Mapping[str, Mapping[str, Any]],
    path: Path,
) -> Path:
    """Draw to `path` (PNG); returns it."""
    figure, (when, often, reused) = panels(3)
    draw_runs(when, timed)
    draw_identical(often, shared)
    draw_session(reused, kept)
    return save_figure(figure, path)


def draw_runs(axes: Axes, timed: Mapping[str, Mapping[str, Batch]]) -> None:
    """A bar for each run of a tool: one by one, at once, and with all results kept."""
    rows = {
        "naive, one by one": timed["naive"]["one by one"],
        **{f"{name}, at once": found["at once"] for name, found in timed.items()},
        "ours, again": timed["ours"]["again"],
    }
    for row, batch in enumerate(rows.values()):
        step = 0.8 / max(len(batch.runs), 1)
        for i, (tool, start, end) in enumerate(sorted(batch.runs, key=lambda r: r[1])):
            axes.barh(
                row - 0.4 + (i + 0.5) * step,
                max(end - start, 0.004),
                step,
                left=start,
                color=KINDS.get(tool, OTHER),
            )
        axes.text(batch.seconds + 0.02, row, told(batch.seconds), va="center")
    for tool, colour in {**KINDS, "others": OTHER}.items():
        axes.barh(0, 0, color=colour, label=tool)
    axes.set_yticks(range(len(rows)), list(rows))
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.margins(x=0.12)
    axes.set(title="When the tools ran")
    axes.xaxis.set_major_formatter(FuncFormatter(lambda s, _: f"{s:g} s"))
    legend_below(axes, 4)


def told(seconds: float) -> str:
    """`2.1 s` or `0.4 ms`."""
    return f"{seconds:.1f} s" if seconds > 0.05 else f"{1e3 * seconds:.1f} ms"


def draw_identical(axes: Axes, shared: Mapping[str, Mapping[int, int]]) -> None:
    """Runs of the tool against equal calls at the same moment."""
    for name, runs in shared.items():
        at, counts = list(runs), list(runs.values())
        axes.loglog(at, counts, color=COLOURS[name], marker=MARKS[name], **STYLE)
        axes.annotate(
            f"{name}: {counts[-1]}",
            (at[-1], counts[-1]),
            xytext=(-4, 24 if name == "yours" else 8),  # it may lie on ours
            textcoords="offset points",
            ha="right",
            color=COLOURS[name],
            fontweight="bold",
        )
    axes.set(title="Runs for equal calls at once", xlabel="callers", ylim=(0.7, 200))
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(FuncFormatter(lambda n, _: f"{n:g}"))
    axes.grid(alpha=0.25)


def draw_session(axes: Axes, kept: Mapping[str, Mapping[str, Any]]) -> None:
    """Shares of a day's calls: reused, right, and side effects that happened."""
    labels = ["answered\nwithout a run", "results\nright", "notes\nwritten"]
    found = {
        name: [
            f["hit_rate"],
            1 - f["wrong"] / (f["calls"] - f["notes_asked"]),
            f["notes_written"] / f["notes_asked"],
        ]
        for name, f in kept.items()
    }
    shares(axes, labels, found)
    axes.set(title=f"{kept['ours']['calls']} calls")
