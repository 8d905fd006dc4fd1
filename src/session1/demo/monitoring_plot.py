"""The picture of the monitoring part: where time goes, and how far from the target."""

from collections.abc import Mapping
from pathlib import Path

from matplotlib.axes import Axes

from session1.demo.plot import COLOURS, INK, legend_below, panels
from session1.demo.plot import save as save_figure
from session1.monitoring.kpi import Measurements, rows
from session1.monitoring.profiling import Profile

TOP = 5
ENDS = (-2.0, 3.0)  # 0 is on target, 1 where action is needed; beyond is drawn there
MARKS = {"naive": "s", "ours": "o"}


def save(
    profiles: Mapping[str, Profile], measured: Mapping[str, Measurements], path: Path
) -> Path:
    """Draw to `path` (PNG); returns it."""
    figure, (time, key_figures) = panels(2)
    draw_profiles(time, profiles)
    draw_key_figures(key_figures, measured)
    return save_figure(figure, path)


def draw_profiles(axes: Axes, profiles: Mapping[str, Profile]) -> None:
    """The functions that took longest by themselves."""
    bars = [
        (name, row) for name, one in profiles.items() for row in one.top(TOP, by="own")
    ]
    for place, (name, row) in enumerate(bars):
        label = name if place % TOP == 0 else None
        bar = axes.barh(-place, 1e3 * row.own, color=COLOURS[name], label=label)
        axes.bar_label(bar, [f"{1e3 * row.own:,.1f} ms"], padding=3, color=INK)
    labels = [f"{row.function.split('.')[-1]}, {row.where}"[:26] for _, row in bars]
    axes.set_yticks([-place for place in range(len(bars))], labels)
    axes.margins(x=0.2)
    axes.set(title="Own time of functions in the profiler")
    axes.set_xticks([])
    legend_below(axes)


def draw_key_figures(axes: Axes, measured: Mapping[str, Measurements]) -> None:
    """How far each key figure is off: 0 on target, 1 where action is needed."""
    for (when, found), name in zip(measured.items(), MARKS, strict=True):
        known = [
            (place, min(max(row.kpi.past(row.value), ENDS[0]), ENDS[1]))
            for place, row in enumerate(rows(found))
            if row.value is not None
        ]
        axes.plot(
            [past for _, past in known],
            [-place for place, _ in known],
            MARKS[name],
            color=COLOURS[name],
            label=when,
        )
    labels = [row.kpi.label for row in rows({})]
    axes.set_yticks([-place for place in range(len(labels))], labels)
    axes.axvline(0, color=INK, linestyle="--", linewidth=1)
    axes.axvline(1, color=INK, linestyle=":", linewidth=1)
    axes.set_xticks([0, 1], ["target", "\naction"])
    axes.set(title="Key figures (left is better)", ylim=(0.5 - len(labels), 0.5))
    axes.set_xlim(ENDS[0] - 0.2, ENDS[1] + 0.2)
    legend_below(axes)
