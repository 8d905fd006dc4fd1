"""The reference's parts of the searcher; each stands in where yours is not there."""

import math
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from graph import walk

PARTS = {
    "batched": "embed_all",
    "recall": "recall",
    "greedy": "walk",
    "filtered": "filtered",
    "stale": "Notes",
}
Pairs = list[tuple[float, int]]

__all__ = ["PARTS", "Notes", "embed_all", "filtered", "recall", "walk"]


def embed_all(
    texts: Sequence[str], embed: Callable[[list[str]], Any], size: int = 32
) -> list[Any]:
    """A vector for each of `texts`, in their order; each text is embedded once."""
    vectors: dict[str, Any] = dict.fromkeys(texts)
    distinct = list(vectors)
    for start in range(0, len(distinct), size):
        batch = distinct[start : start + size]
        vectors.update(zip(batch, embed(batch), strict=True))
    return [vectors[text] for text in texts]


def recall(found: Sequence[Any], scores: Mapping[Any, float], k: int) -> float:
    """The share of the `k` nearest that is among the first `k` found."""
    last = sorted(scores.values(), reverse=True)[:k][-1]
    good = {one for one in found[:k] if scores.get(one, -2) >= last}
    return len(good) / min(k, len(scores))


def filtered(
    passing: Collection[int],
    n: int,
    k: int,
    distance: Callable[[int], float],
    walk: Callable[[int], Pairs],
) -> Pairs:
    """The `k` nearest of `passing`, or all if they are fewer."""
    wanted = min(k, len(passing))
    ef = math.ceil(1.5 * k * n / max(1, len(passing)))
    if 15 * ef < len(passing):
        found = [pair for pair in walk(ef) if pair[1] in passing]
        if len(found) >= wanted:
            return found[:wanted]
    return sorted((distance(one), one) for one in passing)[:wanted]


class Notes:
    """Texts by id, found by what they say now."""

    def __init__(self, embed: Callable[[str], Any], index: Any) -> None:
        self.embed, self.index = embed, index
        self.texts: dict[Any, str] = {}
        self.labels: dict[Any, int] = {}
        self.ids: dict[int, Any] = {}
        self._unused = 0

    def put(self, id: Any, text: str) -> None:
        """Add a note, or replace the one with this id."""
        label = self._unused
        self.index.add(label, self.embed(text))
        self._unused += 1
        if id in self.texts:
            self.delete(id)
        self.texts[id], self.labels[id], self.ids[label] = text, label, id

    def delete(self, id: Any) -> None:
        """Forget a note; KeyError if it is not there."""
        label = self.labels.pop(id)
        self.index.mark_deleted(label)
        del self.texts[id], self.ids[label]

    def search(self, text: str, k: int) -> list[Any]:
        """The ids of the `k` notes nearest to a text, or of all if they are fewer."""
        k = min(k, len(self.texts))
        if not k:
            return []
        return [self.ids[label] for label in self.index.search(self.embed(text), k)]
