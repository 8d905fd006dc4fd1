"""An index with the manners of hnswlib, and hnswlib itself behind the same methods."""

import math
from typing import Any

import chat
import hnswlib
import numpy as np

FULL = "the number of elements exceeds the limit"
TOO_FEW = "cannot return as many: fewer can be found"


class Shelf:
    """Vectors by label. A label marked as deleted is found no more.

    `add` with a label that is there replaces its vector, marked or not. RuntimeError
    comes from `add` when it is full, from `mark_deleted` for a label that is not
    there or marked already, and from `search` when fewer than `k` can be found.
    """

    def __init__(self, capacity: int = 100) -> None:
        self._capacity = capacity
        self._vectors: dict[int, list[float]] = {}
        self._marked: set[int] = set()

    def add(self, label: int, vector: Any) -> None:
        """Put a vector under a label."""
        label = int(label)
        if label not in self._vectors and len(self._vectors) >= self._capacity:
            raise RuntimeError(FULL)
        self._vectors[label] = [float(x) for x in vector]
        self._marked.discard(label)

    def mark_deleted(self, label: int) -> None:
        """Find this label no more."""
        if label not in self._vectors or label in self._marked:
            raise RuntimeError(f"label {label} is not there, or deleted already")
        self._marked.add(label)

    def search(self, vector: Any, k: int) -> list[int]:
        """The labels of the `k` nearest, nearest first."""
        live = self._vectors.keys() - self._marked
        if k > len(live) or k < 1:
            raise RuntimeError(TOO_FEW)
        return sorted(
            live, key=lambda one: (math.dist(vector, self._vectors[one]), one)
        )[:k]

    def live(self) -> int:
        """How many labels can be found."""
        return len(self._vectors) - len(self._marked)


class HnswShelf:
    """The same on hnswlib, which grows when it is full."""

    def __init__(self, m: int = 16, ef_construction: int = 200, ef: int = 25) -> None:
        self.index = hnswlib.Index("ip", chat.DIMENSION)
        self.index.init_index(64, m, ef_construction, 100)
        self.index.set_ef(ef)

    def add(self, label: int, vector: Any) -> None:
        """Put a vector under a label."""
        room = self.index.get_max_elements()
        if self.index.get_current_count() == room:
            self.index.resize_index(2 * room)
        self.index.add_items(np.array([vector]), [label], num_threads=1)

    def mark_deleted(self, label: int) -> None:
        """Find this label no more."""
        self.index.mark_deleted(label)

    def search(self, vector: Any, k: int) -> list[int]:
        """The labels of the `k` nearest, nearest first."""
        return [label for _, label in self.nearest(vector, k)]

    def nearest(self, vector: Any, k: int) -> list[tuple[float, int]]:
        """The same with their distances, 1 - cosine."""
        found, away = self.index.knn_query(np.array([vector]), k, num_threads=1)
        pairs = zip(away[0].tolist(), found[0].tolist(), strict=True)
        return [(round(far, 6), label) for far, label in pairs]
