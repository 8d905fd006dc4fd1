"""The picture of the response part: times, wrong answers, and the tuned target."""

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, PercentFormatter

from session1.data.pairs import Pair, pairs
from session1.demo.answer_runs import PERCENTS, Day
from session1.demo.plot import COLOURS, STYLE, legend_below, panels, shares
from session1.demo.plot import save as save_figure
from session1.latency.closed_loop import Round, late_share
from session1.monitoring.histogram import nearest_rank

LINES = {"no reuse": ":", "naive": "--", "yours": "-.", "ours": "-"}
LEAST_S = 0.001  # hits take no virtual time; the axis is logarithmic


def save(
    days: Mapping[str, Day],
    served: Mapping[str, Sequence[Pair]],
    rounds: Mapping[str, Sequence[Round]],
    path: Path,
) -> Path:
    """Draw to `path` (PNG); returns it."""
    figure, (times, wrong, target) = panels(3)
    draw_times(times, days)
    draw_pairs(wrong, served)
    draw_tuning(target, rounds)
    return save_figure(figure, path)


def draw_times(axes: Axes, days: Mapping[str, Day]) -> None:
    """Draw the share of questions answered rightly after so many seconds."""
    for name, day in days.items():
        seconds = [max(s, LEAST_S) for s in sorted(day.right)]
        n = len(day.seconds)
        reached_by = [(i + 1) / n for i in range(len(seconds))]
        style = {"color": COLOURS[name], "linestyle": LINES[name], **STYLE}
        axes.step(seconds, reached_by, where="post", label=name, **style)
        ranks = {p: nearest_rank(p, n) for p in PERCENTS}
        reached = {p: rank for p, rank in ranks.items() if rank <= len(seconds)}
        axes.plot(
            [seconds[rank - 1] for rank in reached.values()],
            [p / 100 for p in reached],
            "o",
            color=COLOURS[name],
            markersize=4,
        )
    axes.set_xscale("log")
    axes.set(title="The right answer was there after …", ylim=(0, 1.03))
    axes.xaxis.set_major_formatter(FuncFormatter(_seconds))
    axes.yaxis.set_major_formatter(PercentFormatter(1))
    axes.grid(alpha=0.25)
    legend_below(axes, len(days))


def _seconds(value: float, _position: object) -> str:
    return "at once" if value == LEAST_S else f"{value:g} s"


def draw_pairs(axes: Axes, served: Mapping[str, Sequence[Pair]]) -> None:
    """Labelled pairs that got one answer, by what differs between them."""
    all_kinds = Counter(pair.kind if not pair.same else "same" for pair in pairs())
    found = {}
    for name, hits in served.items():
        of = Counter(pair.kind if not pair.same else "same" for pair in hits)
        found[name] = [of[kind] / n for kind, n in all_kinds.items()]
    named = {"same": "may share one", "unrelated": "unrelated"}
    labels = [named.get(kind, f"{kind} differs") for kind in all_kinds]
    shares(axes, labels, found)
    axes.set(title="Pairs given one answer")


def draw_tuning(axes: Axes, rounds: Mapping[str, Sequence[Round]]) -> None:
    """The target in seconds, round by round, and how many answers end up late."""
    for name, history in rounds.items():
        targets = [one.target for one in history]
        axes.plot(targets, color=COLOURS[name], linestyle=LINES[name], **STYLE)
        axes.annotate(
            f"{name}: {late_share(list(history[-10:])):.0%} late",
            (len(targets) - 1, targets[-1]),
            xytext=(0, 18),
            textcoords="offset points",
            ha="right",
            color=COLOURS[name],
            fontweight="bold",
        )
    axes.set(title="Target while it is tuned", xlabel="round", ylim=(0, None))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda s, _: f"{s:g} s"))
    axes.grid(alpha=0.25)
