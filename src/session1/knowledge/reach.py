"""A graph that finds every vector: what its walks miss is compared one by one."""

import numpy as np

from session1.knowledge.exact_index import ExactIndex, Nearest, Slots, Vector, merged
from session1.knowledge.hnsw_index import HnswIndex

NONE: Slots = np.empty(0, np.int64)


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
        self.strays = strays
        self._new = NONE

    def put(self, slots: Slots, vectors: Vector) -> None:
        """Add vectors that `rows` has already, or replace those of the same slots."""
        self.index.put(slots, vectors)
        self.strays = np.union1d(self.strays, slots)
        self._new = np.union1d(self._new, slots)

    def drop(self, slots: Slots) -> None:
        """Forget the vectors of `slots`."""
        self.index.drop(slots)
        self.strays = np.setdiff1d(self.strays, slots)
        self._new = np.setdiff1d(self._new, slots)

    def probe(self, ef: int | None, every: bool = False) -> None:
        """Find the strays of walks with `ef` among the new ones, or among all.

        None stands for a graph that nobody walks through.
        """
        tried = self._rows.live() if every else self._new
        known, lost = NONE, NONE
        if ef is not None:
            known = np.setdiff1d(self.strays, tried)
            lost = self.index.strays(tried, self._rows.take(tried), ef)
        self.strays, self._new = np.union1d(known, lost), NONE

    def search(self, vector: Vector, k: int, ef: int) -> Nearest:
        """The `k` nearest of those that a walk comes upon and of the strays."""
        near, strays = self.index.search(vector, k, ef), self.strays
        if not len(strays):
            return near
        return merged(near, self._rows.search(vector, k, strays), k)
