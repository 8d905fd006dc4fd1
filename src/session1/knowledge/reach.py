"""A graph that finds every vector: what its walks miss is compared one by one."""

import numpy as np

from session1.knowledge.exact_index import ExactIndex, Nearest, Slots, Vector, merged
from session1.knowledge.hnsw_index import NONE, HnswIndex


class Reach:
    """A graph over `rows`, and the strays that walks towards them do not come upon.

    Near copies keep their links among themselves, and what lies apart from them may
    be left without one that leads to it. Strays are compared with every question.
    So is what was put in since the last `probe`.
    """

    def __init__(
        self, rows: ExactIndex, index: HnswIndex, strays: Slots = NONE
    ) -> None:
        self._rows, self.index = rows, index
        self._lost = set(strays.tolist())
        self._new = set[int]()
        self._strays: Slots | None = None

    def __len__(self) -> int:
        return len(self._rows)

    @property
    def strays(self) -> Slots:
        """The slots that are compared with every question, rising."""
        if self._strays is None:
            self._strays = np.array(sorted(self._lost | self._new), np.int64)
        return self._strays

    def put(self, slots: Slots, vectors: Vector) -> None:
        """Add vectors that `rows` has already, or replace those of the same slots."""
        self.index.put(slots, vectors)
        self._new.update(slots.tolist())
        self._strays = None

    def drop(self, slots: Slots) -> None:
        """Forget the vectors of `slots`."""
        self.index.drop(slots)
        self._lost.difference_update(slots.tolist())
        self._new.difference_update(slots.tolist())
        self._strays = None

    def probe(self, ef: int | None, every: bool = False) -> None:
        """Find the strays of walks with `ef` among the new ones, or among all.

        None stands for a graph that nobody walks through.
        """
        tried = self._rows.live() if every else np.array(sorted(self._new), np.int64)
        known, lost = set[int](), NONE
        if ef is not None:
            known = self._lost.difference(tried.tolist())
            lost = self.index.strays(tried, self._rows.take(tried), ef)
        self._lost, self._new = known.union(lost.tolist()), set()
        self._strays = None

    def search(self, vector: Vector, k: int, ef: int) -> Nearest:
        """The `k` nearest of those that a walk comes upon and of the strays."""
        near, strays = self.index.search(vector, k, ef), self.strays
        if not len(strays):
            return near
        return merged(near, self._rows.search(vector, k, strays), k)
