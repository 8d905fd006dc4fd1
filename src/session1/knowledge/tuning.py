"""Recall: how many of the true nearest a walk finds, and the ef it takes."""

import math
from collections.abc import Sequence

import numpy as np

from session1.knowledge.exact_index import SAME, ExactIndex, Nearest, Vector
from session1.knowledge.hnsw_index import TooFewFound
from session1.knowledge.reach import Reach

SAMPLE = 256  # questions that a walk is tried on
AT = (10, 100)  # numbers of results that an ef is sought for
LADDER = (1, 1.5, 2, 3, 4, 5, 6, 7.5, 10, 12.5, 15, 20, 25, 30, 40)  # times those
SCAN = 8  # times as many vectors as ef are compared sooner than such a walk ends
BLOCK = 16  # questions compared with all rows at a time

Tuned = dict[int, int | None]


def found_share(found: Nearest, truth: Nearest) -> float:
    """The part of the true nearest that was found; a tie is as good. 1 if none."""
    if not len(truth.scores):
        return 1.0
    return float((found.scores >= truth.scores[-1] - SAME).sum()) / len(truth.scores)


def tune(
    rows: ExactIndex, graph: Reach, goal: float, asked: Vector | None = None
) -> Tuned:
    """For each number of results in `AT` the least ef with recall `goal`, or None.

    It does for the questions `asked`, or made-up ones if none are given, and for the
    stored vectors in a crowd and those apart, each group by itself.
    """
    asked = questions(rows) if asked is None else asked
    tuned = least_efs(rows, graph, goal, asked, dict.fromkeys(AT, 0))
    graph.probe(tuned[AT[0]], every=True)
    ef = min(filter(None, tuned.values()), default=0)
    for group in crowded_and_apart(rows, graph, ef) if ef else ():
        tuned = least_efs(rows, graph, goal, group, tuned)
    return tuned


def least_efs(
    rows: ExactIndex, graph: Reach, goal: float, asked: Vector, least: Tuned
) -> Tuned:
    """For each number of results the first ef that does, from that in `least` on."""
    truth = true_nearest(rows, asked, min(max(AT), len(rows)))
    return {
        k: None if ef is None else least_ef(graph, goal, asked, truth, k, ef)
        for k, ef in least.items()
    }


def least_ef(
    graph: Reach,
    goal: float,
    asked: Vector,
    truth: Sequence[Nearest],
    k: int,
    least: int,
) -> int | None:
    """The first ef on the ladder, from `least` on, with recall surely over `goal`."""
    size = len(graph)
    if k > size or not len(asked):
        return None
    for ef in (math.ceil(k * multiple) for multiple in LADDER):
        if ef < least:
            continue
        if ef > size or (ef > k and SCAN * ef > size):
            return None
        try:
            if surely(graph, goal, asked, truth, k, ef):
                return ef
        except TooFewFound:
            return None
    return None


def surely(
    graph: Reach, goal: float, asked: Vector, truth: Sequence[Nearest], k: int, ef: int
) -> bool:
    """Whether recall is over the goal, even if the questions were easy ones."""
    shares = list[float]()
    most = (1 - goal) * len(asked)  # to miss; beyond, the goal is out of reach
    for vector, true in zip(asked, truth, strict=True):
        shares.append(found_share(graph.search(vector, k, ef), first(true, k)))
        most -= 1 - shares[-1]
        if most < -SAME:
            return False
    error = float(np.std(shares)) / math.sqrt(len(shares))
    return float(np.mean(shares)) - 3 * error >= goal


def first(found: Nearest, k: int) -> Nearest:
    """The nearest `k` of those found."""
    return Nearest(found.slots[:k], found.scores[:k])


def questions(rows: ExactIndex, sample: int = SAMPLE, seed: int = 0) -> Vector:
    """Vectors between two or three stored ones: as hard to answer as new questions.

    Stored vectors would not do: a walk finds what it was built from too easily. On
    chat messages those between two are as hard as real questions where there are many
    messages, those between three where there are few; so half of each.
    """
    random = np.random.default_rng(seed)
    known = rows.take(random.permutation(rows.live())[: 16 * sample])
    # each vector once: copies of one text would make up most of the questions
    known = np.unique(known, axis=0)
    picked = random.integers(0, max(len(known), 1), (3, sample if len(known) else 0))
    between: Vector = known[picked[0]] + known[picked[1]]
    between[::2] += known[picked[2, ::2]]
    lengths = np.linalg.norm(between, axis=1, keepdims=True)
    apart = lengths[:, 0] > 0.1  # opposites have no middle
    return between[apart] / lengths[apart]


def crowded_and_apart(
    rows: ExactIndex, graph: Reach, ef: int, sample: int = SAMPLE, seed: int = 0
) -> list[Vector]:
    """Stored vectors that have near copies around them, and those that have none.

    A walk with `ef` is good enough to say which. They part halfway between the closest
    and the widest neighbourhoods, on a scale of ratios. A part of 1 % at either end
    does not count, lest a few make a group.
    """
    random = np.random.default_rng(seed)
    own = rows.take(random.permutation(rows.live())[: 8 * sample])
    away = np.log([max(1 - _farthest(rows, graph, one, ef), SAME) for one in own])
    middle = np.quantile(away, (0.01, 0.99)).mean() if len(own) else 0
    groups = [own[part][:sample] for part in (away <= middle, away > middle)]
    return [group for group in groups if len(group)]


def _farthest(rows: ExactIndex, graph: Reach, vector: Vector, ef: int) -> float:
    """The cosine of the last of the nearest few."""
    many = min(AT[0] + 1, len(rows))
    try:
        return float(graph.search(vector, many, ef).scores[-1])
    except TooFewFound:
        return float(rows.search(vector, many).scores[-1])


def true_nearest(rows: ExactIndex, asked: Vector, k: int) -> Sequence[Nearest]:
    """The scores of the `k` nearest rows for each question; the slots are left out."""
    live, found = rows.live(), list[Nearest]()
    if not k:
        return [Nearest(live, np.empty(0, np.float32))] * len(asked)
    for start in range(0, len(asked), BLOCK):
        scores = asked[start : start + BLOCK] @ rows.rows.T
        if len(live) < scores.shape[1]:
            scores = scores[:, live]
        kept = np.partition(scores, scores.shape[1] - k)[:, -k:]
        found += [Nearest(live[:0], -np.sort(-row)) for row in kept]
    return found


def ef_for(tuned: Tuned, fetch: int) -> int:
    """The ef for so many results, from those tuned; beyond all reach where none is."""
    few, many = AT
    at_few, at_many = tuned[few], tuned[many]
    if at_few is None or (at_many is None and fetch > few):
        return 1 << 40
    if fetch <= few or at_many is None:
        return at_few
    if fetch >= many:
        return math.ceil(fetch * at_many / many)
    return math.ceil(at_few + (at_many - at_few) * (fetch - few) / (many - few))
