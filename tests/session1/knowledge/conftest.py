"""Vectors to test with: made up, clustered, the same each time."""

import numpy as np
import pytest


def _clustered(count: int, dimension: int = 16, seed: int = 0) -> np.ndarray:
    """Unit vectors around a few centres, as sentences on a few topics are."""
    centres = np.random.default_rng(99).standard_normal((20, dimension))
    random = np.random.default_rng(seed)
    rows = centres[random.integers(0, 20, count)]
    rows = rows + 0.7 * random.standard_normal((count, dimension))
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


class Letters:
    """An embedder that counts letters: 26 dimensions, and some for the others."""

    dimension = 28

    def __init__(self) -> None:
        self.texts = 0

    def __call__(self, texts):
        self.texts += len(texts)
        rows = np.zeros((len(texts), self.dimension), np.float32)
        for row, text in zip(rows, texts, strict=True):
            for letter in text.casefold():
                place = ord(letter) - ord("a")
                row[place if 0 <= place < 26 else 26 + ord(letter) % 2] += 1
        return rows


@pytest.fixture
def clustered():
    return _clustered


@pytest.fixture
def letters():
    return Letters()
