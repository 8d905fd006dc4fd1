"""Vectors in a graph of neighbours (HNSW), searched by walking towards the query."""

from contextlib import suppress
from pathlib import Path
from typing import Self

import hnswlib
import numpy as np

from session1.knowledge.exact_index import SAME, Nearest, Slots, Vector

SEED = 100
NARROW = 10  # candidates of the cheapest walk


class TooFewFound(LookupError):
    """The walk ended with fewer vectors than asked for; scan instead."""


class HnswIndex:
    """hnswlib with room that grows and slots that are used again.

    `m`: links a node keeps on each level; `ef_construction`: candidates looked at for
    a node put in. One thread builds the same graph each time; more are faster.
    """

    def __init__(
        self,
        dimension: int,
        m: int = 16,
        ef_construction: int = 200,
        threads: int = 1,
        capacity: int = 1024,
    ) -> None:
        self._threads = threads
        # unit vectors: the inner product is the cosine, and nothing is normed twice
        self._graph = hnswlib.Index("ip", dimension)
        self._graph.init_index(capacity, m, ef_construction, SEED)
        self._graph.set_ef(1)
        self._dropped: set[int] = set()
        self.worn = 0  # vectors dropped or replaced

    def __len__(self) -> int:
        """Vectors that can be found."""
        return int(self._graph.get_current_count()) - len(self._dropped)

    def put(self, slots: Slots, vectors: Vector) -> None:
        """Add vectors; a slot that is there, dropped or not, gets the new one."""
        room = self._graph.get_max_elements()
        needed = int(self._graph.get_current_count()) + len(slots)
        if needed > room:
            self._graph.resize_index(max(needed, 2 * room))
        self._graph.add_items(vectors, slots, num_threads=self._threads)
        self._dropped.difference_update(slots.tolist())
        self.worn += needed - int(self._graph.get_current_count())

    def drop(self, slots: Slots) -> None:
        """Mark the slots: the walk still passes through them but never returns them."""
        self.worn += len(slots)
        for slot in slots.tolist():
            with suppress(RuntimeError):  # not there: a `put` that broke off
                self._graph.mark_deleted(slot)
                self._dropped.add(slot)

    def search(self, vector: Vector, k: int, ef: int = 0) -> Nearest:
        """The `k` nearest that a walk with `ef` (at least k) candidates comes upon."""
        # asking for ef results is a walk with that ef: no setting that threads share
        try:
            slots, away = self._graph.knn_query(vector, max(k, ef), 1)
        except RuntimeError as e:
            raise TooFewFound(f"fewer than {max(k, ef)} vectors were reached") from e
        return Nearest(slots[0, :k], 1.0 - away[0, :k])

    def strays(self, slots: Slots, vectors: Vector, ef: int) -> Slots:
        """Those of `slots` that a walk towards their own vector does not come upon."""
        lost = np.arange(len(slots))
        for width in (min(NARROW, ef), ef):  # nearly all are found at once
            found = [self._reached(vectors[at], width) for at in lost]
            lost = lost[~np.array(found, bool)]
        return slots[lost]

    def _reached(self, vector: Vector, ef: int) -> bool:
        with suppress(TooFewFound):
            return bool(self.search(vector, 1, ef).scores[0] >= 1 - SAME)
        return False

    def save(self, path: Path) -> None:
        """Write the graph; OSError when not all of it could be written."""
        self._graph.save_index(str(path))
        size, due = path.stat().st_size, self._graph.index_file_size()
        if size != due:  # hnswlib itself does not look
            raise OSError(f"{path}: {size:,} of {due:,} bytes were written; disk full?")

    @classmethod
    def load(cls, path: Path, dimension: int, dropped: Slots, threads: int = 1) -> Self:
        """What `save` wrote into `path`; `dropped` are the slots that were dropped."""
        index = cls.__new__(cls)
        index._threads = threads
        index._graph = hnswlib.Index("ip", dimension)
        index._graph.load_index(str(path))
        index._graph.set_ef(1)
        index.worn = len(index._graph.get_ids_list())  # for all one knows
        known = set(index._graph.get_ids_list())
        index._dropped = known.intersection(dropped.tolist())
        return index
