"""Vectors in a graph of neighbours (HNSW), searched by walking towards the query."""

from contextlib import suppress
from pathlib import Path
from typing import Self

import hnswlib
import numpy as np

from session1.knowledge.exact_index import SAME, Nearest, Slots, Vector

SEED = 100
GONE = -1  # slot of a node that is found no more
NONE: Slots = np.empty(0, np.int64)
NARROW = 10  # candidates of the cheapest walk


class TooFewFound(LookupError):
    """The walk ended with fewer vectors than asked for; scan instead."""


class HnswIndex:
    """hnswlib with room that grows and slots that are used again.

    `m`: links a node keeps on each level; `ef_construction`: candidates looked at for
    a node put in. One thread builds the same graph each time; more are faster.

    A slot that gets another vector gets a new node: hnswlib takes ten times as long to
    move one. The old node stays as a step on the way.
    """

    def __init__(
        self,
        dimension: int,
        m: int = 16,
        ef_construction: int = 200,
        threads: int = 1,
        capacity: int = 1024,
    ) -> None:
        # unit vectors: the inner product is the cosine, and nothing is normed twice
        graph = hnswlib.Index("ip", dimension)
        graph.init_index(capacity, m, ef_construction, SEED)
        self._open(graph, threads, NONE)

    def _open(self, graph: hnswlib.Index, threads: int, nodes: Slots) -> None:
        graph.set_ef(1)
        self._graph = graph
        self._threads = threads
        self._slots = nodes.copy()  # by node, GONE for those dropped or replaced
        self._made = len(nodes)  # nodes; there is room for more
        live = np.flatnonzero(nodes != GONE)
        self._nodes = dict(zip(nodes[live].tolist(), live.tolist(), strict=True))
        self._most = len(live)  # vectors there were at a time
        self.worn = len(nodes) - len(live)  # vectors dropped or replaced

    def __len__(self) -> int:
        """Vectors that can be found."""
        return len(self._nodes)

    @property
    def nodes(self) -> Slots:
        """The slot of each node, GONE if it was dropped or replaced."""
        return self._slots[: self._made]

    @property
    def spent(self) -> bool:
        """Whether replaced nodes are more than the others ever were."""
        return self._made > 2 * self._most

    def put(self, slots: Slots, vectors: Vector) -> None:
        """Add vectors; a slot that is there, dropped or not, gets the new one."""
        self.drop(np.array([s for s in slots.tolist() if s in self._nodes], np.int64))
        first, self._made = self._made, self._made + len(slots)
        if self._made > len(self._slots):
            more = np.full(max(self._made, len(self._slots)), GONE, np.int64)
            self._slots = np.append(self._slots, more)
        new = np.arange(first, self._made)
        self._slots[new] = slots
        self._nodes.update(zip(slots.tolist(), new.tolist(), strict=True))
        self._most = max(self._most, len(self))
        room = self._graph.get_max_elements()
        if self._made > room:
            self._graph.resize_index(max(self._made, 2 * room))
        self._graph.add_items(vectors, new, num_threads=self._threads)

    def drop(self, slots: Slots) -> None:
        """Mark the slots: the walk still passes through them but never returns them."""
        self.worn += len(slots)
        for slot in slots.tolist():
            node = self._nodes.pop(slot, None)
            if node is not None:
                self._slots[node] = GONE
                with suppress(RuntimeError):  # not there: a `put` that broke off
                    self._graph.mark_deleted(node)

    def search(self, vector: Vector, k: int, ef: int = 0) -> Nearest:
        """The `k` nearest that a walk with `ef` (at least k) candidates comes upon."""
        # asking for ef results is a walk with that ef: no setting that threads share
        try:
            nodes, away = self._graph.knn_query(vector, max(k, ef), 1)
        except RuntimeError as e:
            raise TooFewFound(f"fewer than {max(k, ef)} vectors were reached") from e
        return Nearest(self._slots[nodes[0, :k]], 1.0 - away[0, :k])

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
    def load(cls, path: Path, dimension: int, nodes: Slots, threads: int = 1) -> Self:
        """Load what `save` wrote into `path`, with `nodes` nodes."""
        index = cls.__new__(cls)
        graph = hnswlib.Index("ip", dimension)
        graph.load_index(str(path))
        index._open(graph, threads, nodes)
        return index
