"""Messages near each other in meaning, by the angle between their embeddings."""

import logging
from collections.abc import Callable
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from session1.reuse.similarity import Match

Embedder = Callable[[str], NDArray[np.float32]]


class SemanticIndex:
    """Keys by the embedding of their text; compares with all of them, in NumPy.

    Finds candidates only: opposites lie closer together than paraphrases do, so no
    `threshold` tells them apart. Ask a gate before serving anything.
    """

    def __init__(self, embed: Embedder | None = None, threshold: float = 0.75) -> None:
        if not 0 < threshold <= 1:
            raise ValueError(f"a threshold lies between 0 and 1, not {threshold}")
        self.threshold = threshold
        self._embed = embed or wordllama()
        self._keys: list[str] = []
        self._rows: dict[str, int] = {}
        self._vectors = np.zeros((0, 0), np.float32)

    def __len__(self) -> int:
        return len(self._keys)

    def add(self, key: str) -> None:
        """Store `key`; a key that is there already stays as it is."""
        if key in self._rows:
            return
        vector = self._unit(key)
        row = len(self._keys)
        if row == len(self._vectors):
            bigger = np.zeros((max(16, 2 * row), len(vector)), np.float32)
            bigger[:row] = self._vectors if row else 0
            self._vectors = bigger
        self._vectors[row] = vector
        self._rows[key] = row
        self._keys.append(key)

    def remove(self, key: str) -> bool:
        """Forget `key`; False when it is not there."""
        row = self._rows.pop(key, None)
        if row is None:
            return False
        last = self._keys.pop()
        if last != key:  # the last one moves into the gap
            self._keys[row] = last
            self._rows[last] = row
            self._vectors[row] = self._vectors[len(self._keys)]
        return True

    def best(self, message: str, limit: int = 1) -> list[Match]:
        """The `limit` nearest keys whose cosine is above the threshold."""
        n = len(self._keys)
        if not n:
            return []
        cosines = self._vectors[:n] @ self._unit(message)
        nearest = np.argsort(-cosines, kind="stable")[:limit]
        return [
            Match(self._keys[row], float(cosines[row]))
            for row in nearest
            if cosines[row] > self.threshold
        ]

    def _unit(self, text: str) -> NDArray[np.float32]:
        vector = self._embed(text)
        length = float(np.linalg.norm(vector))
        return vector / length if length else vector


@cache
def wordllama() -> Embedder:
    """Embeds a text in 256 dimensions."""
    model = wordllama_model()

    def embed(text: str) -> NDArray[np.float32]:
        vector: NDArray[np.float32] = model.embed(text)[0]
        return vector

    return embed


@cache
def wordllama_model() -> Any:
    """wordllama's model, loaded once and offline: its weights come in its wheel."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    from wordllama import WordLlama  # which has the whole program log to stderr

    root.handlers[:] = handlers
    root.setLevel(level)
    spec = find_spec("wordllama")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("wordllama is not installed: pip install wordllama")
    folder = Path(spec.origin).parent
    return WordLlama.load(cache_dir=folder, disable_download=True)
