"""hnswlib's own graph, taken out of the index, so that Python can walk through it."""

from bisect import insort
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from heapq import heappop, heappush
from typing import Any, NamedTuple

import chat
import hnswlib
import numpy as np

SEED = 100
K = 10
Links = Sequence[Sequence[int]] | Mapping[int, Sequence[int]]
Found = list[tuple[float, int]]


class Graph(NamedTuple):
    """Links of each node: on the ground, on the layers above, and where to enter."""

    ground: list[list[int]]
    above: list[dict[int, list[int]]]
    entry: int


@cache
def index(kind: str = "chat", m: int = 16, ef_construction: int = 200) -> Any:
    """An index of hnswlib over the vectors; one thread builds the same each time."""
    vectors = chat.held(kind)
    made = hnswlib.Index("ip", chat.DIMENSION)
    made.init_index(len(vectors), m, ef_construction, SEED)
    made.add_items(vectors, num_threads=1)
    return made


@cache
def graph(kind: str = "chat", m: int = 16, ef_construction: int = 200) -> Graph:
    """The links that hnswlib made."""
    return links(index(kind, m, ef_construction))


def links(made: Any) -> Graph:
    """Read the links out of an index to which nothing was added twice."""
    (state,) = made.__getstate__()[:1] if _is_tuple(made) else (made.__getstate__(),)
    n, size = state["cur_element_count"], state["size_data_per_element"]
    rows = np.asarray(state["data_level0"]).view(np.uint8)[: n * size].reshape(n, size)
    ground = [_links(row, state["max_M0"]) for row in rows]
    above: list[dict[int, list[int]]] = [{} for _ in range(state["max_level"])]
    upper, at = np.asarray(state["link_lists"]).view(np.uint8), 0
    for node, level in enumerate(state["element_levels"][:n].tolist()):
        for layer in above[:level]:
            layer[node] = _links(upper[at:], state["max_M"])
            at += state["size_links_per_element"]
    return Graph(ground, above, state["enterpoint_node"])


def _is_tuple(made: Any) -> bool:
    return isinstance(made.__getstate__(), tuple)


def _links(row: Any, most: int) -> list[int]:
    count = int(row[:2].copy().view(np.uint16)[0])
    return list(map(int, row[4 : 4 + 4 * most].copy().view(np.uint32)[:count]))


def walk(start: int, links: Links, distance: Callable[[int], float], ef: int) -> Found:
    """The `ef` nearest that a walk from `start` meets: (distance, node) each."""
    first = (distance(start), start)
    seen, todo, best = {start}, [first], [first]
    while todo:
        away, node = heappop(todo)
        if len(best) == ef and away > best[-1][0]:
            break
        for other in links[node]:
            if other not in seen:
                seen.add(other)
                found = distance(other), other
                if len(best) < ef or found < best[-1]:
                    heappush(todo, found)
                    insort(best, found)
                    del best[ef:]
    return best


Walk = Callable[[int, Links, Callable[[int], float], int], Found]


class Score(NamedTuple):
    """What a search finds and what it costs, on average over the questions."""

    recall: float
    distances: int


@cache
def truth(kind: str = "chat", k: int = K) -> list[list[int]]:
    """The `k` nearest of each question, by looking at all."""
    return [row[:k] for row in np.argsort(-chat.cosines(kind), kind="stable").tolist()]


@cache
def _away(kind: str) -> list[list[float]]:
    rows: list[list[float]] = np.round(1.0 - chat.cosines(kind), 6).tolist()
    return rows


def search(
    where: Graph, away: Sequence[float], ef: int, walk: Walk = walk
) -> tuple[Found, int]:
    """Down the layers by the nearest, then with `ef` on the ground; nodes compared."""
    asked = set[int]()

    def distance(node: int) -> float:
        asked.add(node)
        return away[node]

    at = where.entry
    for layer in reversed(where.above):
        at = walk(at, layer, distance, 1)[0][1]
    return walk(at, where.ground, distance, ef), len(asked)


def score(
    ef: int,
    m: int = 16,
    ef_construction: int = 200,
    kind: str = "chat",
    among: range = range(100),
    walk: Walk = walk,
) -> Score:
    """Recall of the ten nearest and distances a question, over questions `among`."""
    where, away, right = graph(kind, m, ef_construction), _away(kind), truth(kind)
    good = asked = 0
    for number in among:
        found, cost = search(where, away[number], max(ef, K), walk)
        good += len({node for _, node in found[:K]} & set(right[number]))
        asked += cost
    return Score(good / (K * len(among)), round(asked / len(among)))


def by_hnswlib(
    ef: int, m: int = 16, ef_construction: int = 200, kind: str = "chat"
) -> float:
    """Recall of hnswlib itself, over the same questions as `score`."""
    made, asked = index(kind, m, ef_construction), chat.asked(kind)[:100]
    made.set_ef(max(ef, K))
    found, _ = made.knn_query(asked, K, num_threads=1)
    right = truth(kind)
    good = [len(set(row) & set(right[i])) for i, row in enumerate(found.tolist())]
    return sum(good) / (K * len(asked))
