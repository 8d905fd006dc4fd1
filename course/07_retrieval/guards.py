"""Guards of a semantic cache, and what it serves of labelled pairs with some."""

from collections.abc import Callable, Collection, Sequence
from functools import cache
from typing import NamedTuple

import chat

from session1.data.pairs import Pair, further_pairs, pairs
from session1.reuse import gate
from session1.reuse.gate import Sense, near_misspelling, sense
from session1.table import table


def _names(a: Sense, b: Sense) -> bool:
    names = a.names | b.names
    return a.capitals == b.capitals and names & a.words == names & b.words


def _but_a_slip(a: Sense, b: Sense) -> bool:
    only = [word for word in a.content if word not in b.content]
    other = [word for word in b.content if word not in a.content]
    if len(only) != len(other) or len(only) > 1:
        return False
    return all(near_misspelling(x, y) for x, y in zip(only, other, strict=True))


# each lets a pair pass when the two agree in one respect
GUARDS: dict[str, Callable[[Sense, Sense], bool]] = {
    "negation": lambda a, b: a.negations == b.negations,
    "numbers": lambda a, b: (a.numbers, a.units) == (b.numbers, b.units),
    "names": _names,
    "question word": lambda a, b: a.asks == b.asks,
    "asked or told": lambda a, b: a.told == b.told,
    "word order": lambda a, b: (
        sorted(a.content) != sorted(b.content) or a.content == b.content
    ),
    "same words": lambda a, b: sorted(a.content) == sorted(b.content),
    "same words but a slip": _but_a_slip,
}


class Served(NamedTuple):
    """What a cache serves: right answers, wrong ones, and those it could have."""

    right: int
    wrong: int
    possible: int


@cache
def known() -> tuple[Pair, ...]:
    """The labelled pairs: those at even places to tune by."""
    return tuple(pairs())


@cache
def _cosines(further: bool) -> tuple[float, ...]:
    some = further_pairs() if further else known()
    first, second = (
        chat.embed([getattr(pair, name) for pair in some])
        for name in ("first", "second")
    )
    return tuple(round(float(x), 4) for x in (first * second).sum(axis=1))


def same(one: str, other: str, names: Collection[str]) -> bool:
    """Whether all guards of these names let the pair pass."""
    a, b = sense(one), sense(other)
    return all(GUARDS[name](a, b) for name in names)


def served(
    threshold: float, guards: Sequence[str], part: int = 0, *, further: bool = False
) -> Served:
    """What is served of half of the pairs, `part` 0 or 1, or of the further ones."""
    some = further_pairs() if further else known()
    chosen = [
        (pair, cosine)
        for i, (pair, cosine) in enumerate(zip(some, _cosines(further), strict=True))
        if further or i % 2 == part
    ]
    hits = [
        pair
        for pair, cosine in chosen
        if cosine >= threshold and same(pair.first, pair.second, guards)
    ]
    right = sum(pair.same for pair in hits)
    return Served(right, len(hits) - right, sum(pair.same for pair, _ in chosen))


def by_threshold(*thresholds: float) -> None:
    """Print what is served at each threshold, without a guard."""
    rows = []
    for threshold in thresholds:
        found = served(threshold, ())
        rows.append([f"{threshold:.2f}", str(found.right), str(found.wrong)])
    print(table(["threshold", "right answers", "wrong answers"], rows))


def by_guard(threshold: float = 0.6) -> None:
    """Print what is served with each guard alone."""
    rows = []
    for name in GUARDS:
        found = served(threshold, [name])
        rows.append([name, str(found.right), str(found.wrong)])
    print(table([f"guard, at {threshold}", "right", "wrong"], rows))


def by_the_reference() -> Served:
    """What the reference's gate serves of the further pairs."""
    hits = [p for p in further_pairs() if gate.judge(p.first, p.second).same]
    right = sum(pair.same for pair in hits)
    return Served(right, len(hits) - right, sum(p.same for p in further_pairs()))
