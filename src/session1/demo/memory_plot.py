"""The picture of the memory part: bytes, growth, and what is kept."""

from collections.abc import Sequence
from math import log
from pathlib import Path
from statistics import linear_regression, mean

from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MultipleLocator

from session1.demo.plot import COLOURS, INK, STYLE, legend_below, panels, shares
from session1.demo.plot import save as save_figure
from session1.demo.replay import LATEST, Replay


def save(
    replays: dict[str, list[Replay]],
    growth: Sequence[dict[str, float]],
    limit: int,
    path: Path,
) -> Path:
    """Draw to `path` (PNG), making its folder; returns it."""
    figure, (bytes_axes, growth_axes, kept_axes) = panels(3)
    draw_bytes(bytes_axes, replays, limit)
    draw_growth(growth_axes, growth)
    draw_kept(kept_axes, replays)
    return save_figure(figure, path)


def draw_bytes(axes: Axes, replays: dict[str, list[Replay]], limit: int) -> None:
    """Bytes held and reported while the first conversation goes on."""
    for name, (first, *_) in replays.items():
        at = [look.messages for look in first.looks]
        real = [look.real_bytes for look in first.looks]
        said = [look.reported_bytes for look in first.looks]
        axes.plot(at, real, color=COLOURS[name], label=f"{name}, held", **STYLE)
        axes.plot(
            at, said, "--", color=COLOURS[name], label=f"{name}, reported", **STYLE
        )
    axes.axhline(limit, color=INK, linewidth=1)
    axes.text(0, limit * 1.02, "limit", color=INK)
    most = max(look.real_bytes for found in replays.values() for look in found[0].looks)
    axes.set(
        title="Bytes, held and reported",
        xlabel="messages",
        ylim=(0, max(limit, most) * 1.15),
    )
    step = 20 if most < 2 * limit else 100
    axes.yaxis.set_major_locator(MultipleLocator(step * 1024))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda n, _: f"{n / 1024:.0f} KB"))
    legend_below(axes)


def draw_growth(axes: Axes, growth: Sequence[dict[str, float]]) -> None:
    """Time of one context against messages, both logarithmic, with the exponent."""
    for name in [name for name in growth[0] if name != "messages"]:
        colour = COLOURS[name]
        points = [(row["messages"], row[name]) for row in growth if name in row]
        at, seconds = zip(*points, strict=True)
        milliseconds = [1e3 * s for s in seconds]
        axes.loglog(at, milliseconds, "o-", color=colour, **STYLE)
        axes.annotate(
            f"{name}: $n^{{{exponent(at, seconds)}}}$",
            (at[-1], milliseconds[-1]),
            xytext=(0, 10),
            textcoords="offset points",
            ha="right" if name == "ours" else "center",
            color=colour,
            fontweight="bold",
        )
    axes.set(title="CPU time for one context", xlabel="messages remembered")
    axes.margins(y=0.15)
    axes.yaxis.set_major_formatter(FuncFormatter(lambda ms, _: f"{ms:g} ms"))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda n, _: f"{n:,.0f}"))
    axes.grid(alpha=0.25)


def exponent(at: Sequence[float], seconds: Sequence[float]) -> float:
    """k in time ~ n^k, to one decimal: the slope between the logarithms."""
    slope = linear_regression([log(n) for n in at], [log(s) for s in seconds]).slope
    return round(slope, 1) + 0.0  # plus zero, because -0.0 reads badly


def draw_kept(axes: Axes, replays: dict[str, list[Replay]]) -> None:
    """Shares of what should be kept, a bar a memory."""
    found = {name: kept(some) for name, some in replays.items()}
    by_name = {name: list(one.values()) for name, one in found.items()}
    shares(axes, list(next(iter(found.values()))), by_name)
    axes.set(title="What is kept")


def kept(replays: Sequence[Replay]) -> dict[str, float]:
    """Mean shares over all looks, by what they are shares of."""
    looks = [look for one in replays for look in one.looks]
    ends = [one.looks[-1] for one in replays]
    return {
        "important\nmessages": mean(look.important_kept for look in ends),
        "important,\nin context": mean(look.important_shown for look in ends),
        f"latest {LATEST},\nmean": mean(look.latest_kept for look in looks),
        f"latest {LATEST},\nworst": min(look.latest_kept for look in looks),
        "contexts in\ntime order": mean(look.in_order for look in looks),
    }
