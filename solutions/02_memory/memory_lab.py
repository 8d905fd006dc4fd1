"""Real conversations through a memory: the module's widget and its measurements."""

from functools import cache
from typing import Any

from matplotlib.figure import Figure

from coursekit.core import style
from coursekit.core.one_line import one_line
from coursekit.learn.lab import Lab, slider
from session1.llm.simulated import SimulatedLLM
from session1.memory.context import choose
from session1.memory.naive import NaiveMemory
from session1.memory_optimized_agent import MemoryOptimizedAgent
from session1.replay import (
    IMPORTANT,
    Replay,
    sample_talks,
    through_agent,
    through_naive,
)


def shares(replays: list[Replay]) -> tuple[float, float, float]:
    """Means over talks: important and present kept (percent), cleanups."""
    n = len(replays)
    return (
        100 * sum(r.important() for r in replays) / n,
        100 * sum(r.present() for r in replays) / n,
        sum(r.cleanups for r in replays) / n,
    )


def talks_at_work(max_bytes: int = 60_000) -> None:
    """Print what the naive memory and the reference keep of three real talks."""
    naive = [through_naive(talk, max_bytes) for talk in sample_talks()]
    took = max(max(r.bytes) for r in naive)
    rows = {
        "naive": naive,
        "reference": _reference(max_bytes),
        "reference, as much as naive took": _reference(took),
    }
    print(f"{'':32} important  present  at worst  bytes")
    for name, replays in rows.items():
        important, present, _ = shares(replays)
        worst = 100 * min(min(r.recent) for r in replays)
        most = max(max(r.bytes) for r in replays)
        print(f"{name:32}{important:>9.0f}%{present:>8.0f}%{worst:>9.0f}%{most:>9,}")


def _reference(max_bytes: int) -> list[Replay]:
    return [
        through_agent(talk, max_bytes, cleanup_interval=25) for talk in sample_talks()
    ]


@one_line
def memory_lab(**settings: float) -> Lab:
    """The lab: sliders for the memory's settings, replayed over three talks."""
    controls = {
        "budget": slider("byte budget", 20, 200, 10, 60, "kB"),
        "keep_fraction": slider("keep fraction", 0.3, 0.98, 0.02, 0.7),
        "importance_weight": slider("importance weight", 0.0, 1.0, 0.01, 0.7),
        "cleanup_interval": slider("cleanup interval", 5, 200, 5, 25, "messages"),
    }
    lab = Lab("Memory lab: what a memory forgets", controls, draw, summarize, run)
    return lab.set(**settings) if settings else lab


def run(budget: int, **settings: float) -> list[Replay]:
    """The three talks through the reference, `budget` in kB."""
    return [through_agent(talk, budget * 1000, **settings) for talk in sample_talks()]


def draw(figure: Figure, replays: list[Replay]) -> None:
    """Bytes over time above, each remark's fate below, for the first talk."""
    shown = replays[0]
    above, below = figure.subplots(2, 1, sharex=True, height_ratios=[3, 2])
    above.plot([b / 1000 for b in shown.bytes], color=style.BLUE, linewidth=1.4)
    above.set(ylabel="kB held", title="Bytes held, talk 1 of 3", ylim=(0, None))
    points = [(i, r.importance) for i, r in enumerate(shown.talk)]
    for held, colour, marker, label in [
        (False, style.VERMILLION, "x", "forgotten"),
        (True, style.GREEN, "o", "held at the end"),
    ]:
        xs, ys = _where(points, shown.held, held)
        below.plot(xs, ys, marker, color=colour, markersize=3.5, label=label)
    below.axhline(IMPORTANT - 0.05, color=style.GREY, linewidth=0.8, linestyle=":")
    below.set(ylabel="importance", xlabel="message", ylim=(0, 1))
    below.legend(loc="upper left", ncols=2, fontsize=8, bbox_to_anchor=(0, 1.22))
    figure.subplots_adjust(left=0.09, right=0.98, top=0.92, bottom=0.12, hspace=0.25)


def _where(
    points: list[tuple[int, float]], held: list[bool], which: bool
) -> tuple[list[int], list[float]]:
    kept = [p for p, h in zip(points, held, strict=True) if h is which]
    return [x for x, _ in kept], [y for _, y in kept]


def summarize(replays: list[Replay]) -> str:
    """The three figures the sliders trade against one another."""
    important, present, cleanups = shares(replays)
    most = max(max(r.bytes) for r in replays)
    return (
        "Means over three talks:\n"
        f"{important:.0f} % of the important messages kept\n"
        f"{present:.0f} % of the present (the last fifty messages)\n"
        f"{cleanups:.0f} cleanups a talk; never more than {most:,} bytes"
    )


def messages_looked_at(n: int, budget: int = 2000) -> int:
    """Messages the reference reads to build one context out of `n`."""
    seen = 0
    ranked = _agent(n).memory.ranked()

    def counted() -> Any:
        nonlocal seen
        for pair in ranked:
            seen += 1
            yield pair

    choose(counted(), budget)
    return seen


def naive_context(n: int) -> str:
    """A context of 2,000 characters out of `n` messages, naively."""
    return _naive(n).get_compressed_context(2000)


def reference_context(n: int) -> str:
    """A context of 2,000 characters out of `n` messages, by the reference."""
    return _agent(n).get_compressed_context(2000)


@cache
def _agent(n: int) -> MemoryOptimizedAgent:
    agent = MemoryOptimizedAgent("lab", SimulatedLLM())
    for remark in sample_talks()[0][:n]:
        agent.add_to_memory(remark.text, remark.importance)
    return agent


@cache
def _naive(n: int) -> NaiveMemory:
    memory = NaiveMemory(cleanup_interval=10**9)
    for remark in sample_talks()[0][:n]:
        memory.add_to_memory(remark.text, remark.importance)
    return memory
