"""Vectors in rows, and the nearest of them by comparing with every one."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float32]  # one of length 1, or one a row
Slots = NDArray[np.int64]  # numbers of rows
GATHER = 1024  # rows copied at a time: what stays in the processor's cache
GONE = -2.0  # below every cosine
SAME = 1e-5  # cosines that differ by less are a tie


class Nearest(NamedTuple):
    """Rows and their cosines, the nearest first."""

    slots: Slots
    scores: NDArray[np.float32]


class ExactIndex:
    """The vectors themselves, searched by brute force: recall is 1."""

    def __init__(self, dimension: int, capacity: int = 16) -> None:
        self.dimension = dimension
        self._rows = np.zeros((capacity, dimension), np.float32)
        self._live = np.zeros(capacity, bool)
        self._used = 0  # rows above were never written
        self._count = 0

    def __len__(self) -> int:
        """Rows that hold a vector."""
        return self._count

    @property
    def rows(self) -> Vector:
        """All rows up to the last ever written, the dropped ones as zeros; a view."""
        return self._rows[: self._used]

    def live(self) -> Slots:
        """The slots that hold a vector, rising."""
        return np.flatnonzero(self._live[: self._used])

    def put(self, slots: Slots, vectors: Vector) -> None:
        """Write `vectors` into the rows `slots`, which are distinct."""
        self._grow(int(slots.max(initial=-1)) + 1)
        self._rows[slots] = vectors
        self._count += int((~self._live[slots]).sum())
        self._live[slots] = True

    def drop(self, slots: Slots) -> None:
        """Empty the rows `slots`, which hold a vector each."""
        self._rows[slots] = 0
        self._live[slots] = False
        self._count -= len(slots)

    def take(self, slots: Slots) -> Vector:
        """A copy of some rows."""
        return self._rows.take(slots, axis=0)

    def search(self, vector: Vector, k: int, among: Slots | None = None) -> Nearest:
        """The `k` nearest, or all there are if fewer; of the slots `among` if given."""
        if among is None:
            scores = products(self.rows, vector)
            if self._count < self._used:
                scores[~self._live[: self._used]] = GONE
            return best(scores, min(k, self._count))
        if 4 * len(among) > self._used:  # most of it: reading all in order is faster
            scores = products(self.rows, vector)[among]
        else:
            scores = np.empty(len(among), np.float32)
            for start in range(0, len(among), GATHER):
                part = slice(start, start + GATHER)
                scores[part] = products(self.take(among[part]), vector)
        return best(scores, k, among)

    def _grow(self, used: int) -> None:
        if used > len(self._rows):
            capacity = max(used, 2 * len(self._rows))
            rows = np.zeros((capacity, self.dimension), np.float32)
            live = np.zeros(capacity, bool)
            rows[: self._used] = self.rows
            live[: self._used] = self._live[: self._used]
            self._rows, self._live = rows, live
        self._used = max(self._used, used)


def products(rows: Vector, vector: Vector) -> NDArray[np.float32]:
    """The product of each row with `vector`, on this thread alone.

    A product of matrices would wake the threads of BLAS: on a busy machine they wait
    for each other and it takes a hundred times as long.
    """
    scores: NDArray[np.float32] = np.vecdot(rows, vector)
    return scores


def best(scores: NDArray[np.float32], k: int, slots: Slots | None = None) -> Nearest:
    """The `k` highest scores, ties by position, and their positions or `slots`."""
    size = len(scores)
    if 0 < k < size:
        # methods, not NumPy's functions: those take as long as the work on few rows
        kth = scores.copy()
        kth.partition(size - k)
        near = (scores >= kth[size - k]).nonzero()[0]  # in order, ties included
    else:
        near = np.arange(min(k, size))
    near = near[(-scores[near]).argsort(kind="stable")[:k]]
    return Nearest(near if slots is None else slots[near], scores[near])


def merged(one: Nearest, other: Nearest, k: int, ahead: float = 0.0) -> Nearest:
    """The `k` nearest of both, each slot once; those of `other` by `ahead` ahead."""
    slots, first = np.unique(np.append(other.slots, one.slots), return_index=True)
    scores = np.append(other.scores, one.scores)[first]
    order = best(scores + np.where(first < len(other.slots), ahead, 0), k)
    return Nearest(slots[order.slots].astype(np.int64), scores[order.slots])
