"""The recall lab: what ef and M buy, and what they cost."""

from functools import cache
from typing import NamedTuple

import graph
from matplotlib.figure import Figure

from coursekit.core import style
from coursekit.core.one_line import one_line
from coursekit.learn.lab import Choice, Lab, slider

M = (4, 8, 16, 32)
KINDS = ("chat", "noise")
EFS = (10, 15, 25, 40, 60, 100, 160)
AMONG = range(30)
GOAL = 0.95
BUILT = 100  # ef_construction


class Setting(NamedTuple):
    """Data, links and beam, and where they land."""

    kind: str
    m: int
    ef: int
    score: graph.Score


@cache
def at(kind: str, m: int, ef: int) -> graph.Score:
    """Recall and distances of one setting over thirty questions."""
    return graph.score(ef, m, BUILT, kind, AMONG)


@one_line
def recall_lab(**settings: float) -> Lab:
    """The lab: ef and M on a curve of recall over distances compared."""
    for kind in KINDS:
        for m in M:
            for ef in EFS:
                at(kind, m, ef)
    controls = {
        "ef": slider("ef", 10, 160, 1, 50),
        "m": Choice("links (M)", tuple(map(str, M)), 2),
        "data": Choice("data", ("chat messages", "noise"), 0),
    }
    title = "Recall lab: what a search finds, and what it compares"
    lab = Lab(title, controls, draw, summarize, run)
    return lab.set(**settings) if settings else lab


def run(ef: int, m: int, data: int) -> Setting:
    """One setting, measured."""
    kind = KINDS[data]
    return Setting(kind, M[m], ef, at(kind, M[m], ef))


def draw(figure: Figure, chosen: Setting) -> None:
    """A curve for each M on the chosen data, and the setting as a star."""
    axes = figure.subplots()
    for i, m in enumerate(M):
        scores = [at(chosen.kind, m, ef) for ef in EFS]
        look, mine = style.look(i), m == chosen.m
        axes.plot(
            [s.distances for s in scores],
            [s.recall for s in scores],
            color=look.color,
            marker=look.marker,
            linestyle=look.linestyle,
            linewidth=2.4 if mine else 1,
            markersize=5 if mine else 3,
            label=f"M {m}",
        )
    axes.axhline(GOAL, color=style.GREY, linewidth=0.9, linestyle=":")
    axes.plot(
        chosen.score.distances, chosen.score.recall, "*", color="black", markersize=16
    )
    axes.set(
        xlabel="vectors compared for a question, of 2,000",
        ylabel="recall of the ten nearest",
        xlim=(0, 2000),
        ylim=(0, 1.03),
        title=f"{chosen.kind}: ef from {EFS[0]} to {EFS[-1]} along each line",
    )
    axes.legend(loc="lower right", fontsize=9)
    figure.subplots_adjust(left=0.09, right=0.96, top=0.91, bottom=0.13)


def summarize(chosen: Setting) -> str:
    """The two figures that ef trades against each other."""
    recall, distances = chosen.score
    enough = "reaches" if recall >= GOAL else "does not reach"
    return (
        f"Recall {recall:.2f}, which {enough} {GOAL}.\n"
        f"{distances:,.0f} of 2,000 vectors compared for a question."
    )
