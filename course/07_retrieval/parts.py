"""The reference's parts of the searcher; each stands in where yours is not there yet."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from graph import walk

PARTS = {"batched": "embed_all", "recall": "recall", "greedy": "walk"}

__all__ = ["PARTS", "embed_all", "recall", "walk"]


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
