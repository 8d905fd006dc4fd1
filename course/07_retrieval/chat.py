"""Real chat messages and their vectors, and noise of the same shape."""

from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from session1.data import conversations
from session1.knowledge.embedders import default_embedder
from session1.knowledge.normalize import units

Vectors = NDArray[np.float32]
HELD, ASKED = 2000, 200
DIMENSION = 256


@cache
def turns(n: int = 3000) -> tuple[str, ...]:
    """The first `n` messages of real conversations, as they were said."""
    said = (turn.text for talk in conversations(n // 10) for turn in talk.turns)
    return tuple(text for text in said if text.strip())[:n]


@cache
def messages(n: int = HELD) -> list[str]:
    """The first `n` different messages."""
    return list(dict.fromkeys(turns(2 * (HELD + ASKED))))[:n]


@cache
def questions() -> list[str]:
    """Other messages, to look for."""
    return messages(HELD + ASKED)[HELD:]


def embed(texts: list[str]) -> Vectors:
    """A vector of 256 numbers for each text, of length 1."""
    return units(default_embedder(DIMENSION)(texts), DIMENSION)


@cache
def held(kind: str = "chat") -> Vectors:
    """2,000 vectors, one a row: of messages, or of noise."""
    return _all(kind)[:HELD]


@cache
def asked(kind: str = "chat") -> Vectors:
    """200 others of the same kind."""
    return _all(kind)[HELD:]


@cache
def _all(kind: str) -> Vectors:
    if kind == "chat":
        return _exact(embed(messages(HELD + ASKED)))
    noise: Any = np.random.default_rng(7).normal(size=(HELD + ASKED, DIMENSION))
    return _exact(units(noise, DIMENSION))


def _exact(vectors: Vectors) -> Vectors:
    """Rounded to 1/512: such products add up to the same sum in any order.

    So an index is the same on every machine, whatever its processor adds first.
    """
    rounded: Vectors = (np.round(vectors * 512) / 512).astype(np.float32)
    return rounded


@cache
def cosines(kind: str = "chat") -> Vectors:
    """The cosine of each question with each vector held, rounded to six places."""
    return np.round(asked(kind) @ held(kind).T, 6)
