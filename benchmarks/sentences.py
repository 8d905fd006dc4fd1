"""Real sentences and their embeddings: the same ones on every machine."""

from functools import cache
from typing import NamedTuple

import numpy as np

from session1.data import conversations
from session1.knowledge.embedders import default_embedder
from session1.knowledge.exact_index import Vector
from session1.knowledge.normalize import units

QUESTIONS = 400
EARLIER = 256


class Sentences(NamedTuple):
    """Distinct chat messages with their vectors, and others to look for.

    `earlier` are vectors of yet others: questions known when an index is set up.
    """

    held: list[str]
    vectors: Vector
    asked: list[str]
    questions: Vector
    earlier: Vector


@cache
def distinct() -> list[str]:
    """All distinct messages of chitchat-dataset in an order of chance."""
    texts = {
        turn.text: None for talk in conversations() for turn in talk.turns if turn.text
    }
    order = np.random.default_rng(0).permutation(len(texts))
    listed = list(texts)
    return [listed[place] for place in order]


@cache
def sentences(n: int) -> Sentences:
    """The first `n`, and `QUESTIONS` that are not among the first 100,000."""
    held, asked = distinct()[:n], distinct()[-QUESTIONS:]
    earlier = distinct()[-QUESTIONS - EARLIER : -QUESTIONS]
    embed = default_embedder(256)
    parts = [embed(held[start : start + 1024]) for start in range(0, n, 1024)]
    return Sentences(
        held,
        units(np.concatenate(parts), 256),
        asked,
        units(embed(asked), 256),
        units(embed(earlier), 256),
    )
