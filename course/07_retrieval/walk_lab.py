"""The graph walk: how a search goes down the layers and through the links."""

from functools import cache
from heapq import heappop, heappush
from typing import Any, NamedTuple

import graph
import hnswlib
import numpy as np
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure

from coursekit.core import style
from coursekit.core.one_line import one_line
from coursekit.learn.lab import Choice, Lab, slider

POINTS = 160
ASKED = ((0.83, 0.2), (0.12, 0.9), (0.5, 0.52))
M = (2, 4, 8)
STEPS = 40


class Step(NamedTuple):
    """A node whose neighbours were looked at, and what was known afterwards."""

    layer: int
    node: int
    met: tuple[int, ...]
    best: tuple[int, ...]


class View(NamedTuple):
    """What the picture shows."""

    m: int
    question: int
    ef: int
    steps: list[Step]
    at: int


@cache
def points() -> Any:
    """Points in eight crowds and between them; the same ones each time."""
    random = np.random.default_rng(4)
    crowds = random.uniform(0.08, 0.92, (8, 2))
    near = crowds[random.integers(0, 8, POINTS - 40)]
    near = near + random.normal(0, 0.06, near.shape)
    made = np.concatenate([near, random.uniform(0, 1, (40, 2))])
    return np.clip(made, 0, 1).astype(np.float32)


@cache
def built(m: int) -> graph.Graph:
    """The graph that hnswlib makes of the points."""
    index = hnswlib.Index("l2", 2)
    index.init_index(POINTS, m, 40, graph.SEED)
    index.add_items(points(), num_threads=1)
    return graph.links(index)


@cache
def steps(m: int, question: int, ef: int) -> list[Step]:
    """One for each node that the search looks around from."""
    where, target = built(m), np.array(ASKED[question])
    away = np.hypot(*(points() - target).T).tolist()
    at, made = where.entry, list[Step]()
    layers = [*enumerate(where.above, start=1)][::-1]
    for layer, links in [*layers, (0, where.ground)]:
        made += _around(at, links, away, ef if layer == 0 else 1, layer)
        at = made[-1].best[0]
    return made


def _around(at: int, links: Any, away: list[float], ef: int, layer: int) -> list[Step]:
    seen, todo, best = [at], [(away[at], at)], [(away[at], at)]
    made = list[Step]()
    while todo:
        distance, node = heappop(todo)
        if len(best) == ef and distance > best[-1][0]:
            break
        for other in links[node]:
            if other not in seen:
                seen.append(other)
                if len(best) < ef or away[other] < best[-1][0]:
                    heappush(todo, (away[other], other))
                    best = sorted([*best, (away[other], other)])[:ef]
        made.append(Step(layer, node, tuple(seen), tuple(n for _, n in best)))
    return made


@one_line
def graph_walk(**settings: float) -> Lab:
    """The lab: step through a search, with another beam or another graph."""
    controls = {
        "step": slider("step", 0, STEPS, 1, 3),
        "ef": slider("ef", 1, 12, 1, 1),
        "m": Choice("links (M)", tuple(map(str, M)), 1),
        "question": Choice("question", ("right", "top left", "middle"), 0),
    }
    title = "Graph walk: what a search looks at"
    lab = Lab(title, controls, draw, summarize, run)
    return lab.set(**settings) if settings else lab


def run(step: int, ef: int, m: int, question: int) -> View:
    """The walk up to `step`, or to its end if it is shorter."""
    made = steps(M[m], question, ef)
    return View(M[m], question, ef, made, min(int(step), len(made)))


def _known(view: View) -> tuple[set[int], list[int]]:
    done = view.steps[: view.at]
    met = {node for step in done for node in step.met}
    return met, [step.node for step in done]


def draw(figure: Figure, view: View) -> None:
    """All links in grey, what was compared in blue, the way in orange."""
    axes = figure.subplots()
    at, where = points(), built(view.m)
    now = view.steps[view.at - 1] if view.at else view.steps[0]
    links = where.ground if now.layer == 0 else where.above[now.layer - 1]
    pairs = links.items() if isinstance(links, dict) else enumerate(links)
    lines = [(at[a], at[b]) for a, others in pairs for b in others]
    axes.add_collection(LineCollection(lines, colors="#C4C4C4", linewidths=0.8))
    met, way = _known(view)
    rest = [i for i in range(POINTS) if i not in met]
    axes.plot(*at[rest].T, "o", color=style.GREY, markersize=2.5, label="not compared")
    some = sorted(met)
    axes.plot(*at[some].T, "o", color=style.BLUE, markersize=5, label="compared")
    axes.plot(*at[way].T, "-", color=style.ORANGE, linewidth=1.6, label="the way")
    if view.at:
        best = list(now.best)
        axes.plot(
            *at[best].T,
            "s",
            markerfacecolor="none",
            markeredgecolor=style.VERMILLION,
            markersize=10,
            label="best so far",
        )
    axes.plot(*ASKED[view.question], "*", color=style.BLACK, markersize=15)
    title = "the ground" if now.layer == 0 else f"layer {now.layer}"
    axes.set(xticks=[], yticks=[], xlim=(-0.03, 1.03), ylim=(-0.03, 1.03))
    axes.set_title(f"Step {view.at} of {len(view.steps)}: {title}; ★ is the question")
    axes.legend(loc="center left", bbox_to_anchor=(1.0, 0.5), fontsize=9)
    figure.subplots_adjust(left=0.03, right=0.79, top=0.91, bottom=0.04)


def summarize(view: View) -> str:
    """Where the walk stands, what it compared and whether it found the nearest."""
    met, _ = _known(view)
    away = np.hypot(*(points() - np.array(ASKED[view.question])).T)
    nearest = int(np.argmin(away))
    if not view.at:
        return f"Not begun: {POINTS} points, ef {view.ef}."
    now = view.steps[view.at - 1]
    end = "The walk has ended" if view.at == len(view.steps) else "The walk goes on"
    layer = "on the ground" if now.layer == 0 else f"on layer {now.layer}"
    found = "is" if now.best[0] == nearest else "is not"
    return (
        f"{end}: {view.at} of {len(view.steps)} steps, {layer}.\n"
        f"{len(met)} of {POINTS} points compared; the nearest of all {found} found."
    )
