"""What the numbers in a vector cost, and what they buy."""

from collections.abc import Callable
from typing import Any

import chat
import numpy as np

from session1.data.pairs import pairs
from session1.knowledge.embedders import default_embedder
from session1.knowledge.normalize import units
from session1.table import table

MILLION_MB = 4  # megabytes a million vectors take for each number in them
HEADS = [
    *("numbers", "1,000,000 vectors", "same ten nearest"),
    *("nearer than unrelated", "nearer than opposite"),
]
Embed = Callable[[list[str]], Any]


def beats(embed: Embed) -> tuple[float, float]:
    """How often a pair that asks the same is nearer than an unrelated or opposite one.

    Over all ways to take one of each; 0.5 is chance.
    """
    some = pairs(["paraphrase", "typo", "unrelated", "negation"])
    first, second = embed([p.first for p in some]), embed([p.second for p in some])
    cosines = np.round((first * second).sum(axis=1), 5)
    groups: dict[str, list[float]] = {"same": [], "unrelated": [], "negation": []}
    for pair, cosine in zip(some, cosines.tolist(), strict=True):
        if pair.kind in groups and not pair.same:
            groups[pair.kind].append(cosine)
        elif pair.kind in ("paraphrase", "typo"):
            groups["same"].append(cosine)
    same = np.array(groups["same"])[:, None]
    return tuple(
        float((same > np.array(groups[kind])).mean())
        for kind in ("unrelated", "negation")
    )  # type: ignore[return-value]


def by_dimension(*sizes: int) -> None:
    """Print the default embedding cut to its first numbers."""
    rows = []
    for size in sizes:

        def cut(vectors: Any, size: int = size) -> Any:
            return units(vectors[:, :size], size)

        near = np.round(cut(chat.asked()) @ cut(chat.held()).T, 6)
        found = np.argsort(-near, kind="stable")[:, :10].tolist()
        true = np.argsort(-chat.cosines(), kind="stable")[:, :10].tolist()
        alike = [len({*a} & {*b}) / 10 for a, b in zip(found, true, strict=True)]
        good = beats(lambda texts, cut=cut: cut(chat.embed(texts)))
        rows.append(_row(size, f"{sum(alike) / len(alike):.2f}", good))
    print(table(HEADS, rows))


def minilm() -> None:
    """Print the same for MiniLM with its 384 numbers; LLMError if it is not here."""
    model = default_embedder(384)
    good = beats(lambda texts: units(model(texts), 384))
    print(table(HEADS, [_row(384, "", good)]))


def _row(size: int, alike: str, good: tuple[float, float]) -> list[str]:
    return [str(size), f"{MILLION_MB * size:,} MB", alike, *(f"{x:.2f}" for x in good)]
