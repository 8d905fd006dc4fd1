"""Embedders: wordllama (256 dimensions), MiniLM (384), or your own."""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from session1.limits import sound
from session1.reuse import semantic


class Embedder(Protocol):
    """Gives a row of `dimension` numbers for each text."""

    @property
    def dimension(self) -> int: ...

    def __call__(self, texts: Sequence[str]) -> NDArray[np.float32]: ...


Embeds = Callable[[Sequence[str]], Any]  # a function that does


class WordLlamaEmbedder:
    """Averages the vectors of the words: 256 dimensions, about 30 µs a text."""

    dimension = 256

    def __init__(self) -> None:
        self._model = semantic.wordllama_model()

    def __call__(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """A row for each text."""
        if not len(texts):
            return np.empty((0, self.dimension), np.float32)
        rows: NDArray[np.float32] = self._model.embed(
            [sound("a text to embed", text) for text in texts]
        )
        return rows


@cache
def default_embedder(dimension: int) -> Embedder:
    """The embedder for so many dimensions; ValueError where there is none."""
    if dimension == WordLlamaEmbedder.dimension:
        return WordLlamaEmbedder()
    if dimension == 384:
        from session1.knowledge.minilm import MiniLM

        return MiniLM()
    raise ValueError(
        f"no embedder gives {dimension} dimensions: pass one as embedder=, or give "
        "vectors; 256 (wordllama) and 384 (MiniLM) come with one"
    )
