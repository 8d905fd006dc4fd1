"""A cache of the slots that a filter selects, until the next change."""

from typing import NamedTuple

from cachebox import LRUCache

from session1.filters import Condition
from session1.knowledge.exact_index import (
    ExactIndex,
    Nearest,
    Slots,
    Vector,
    best,
    products,
)
from session1.knowledge.metadata_index import MetadataIndex


class Subset(NamedTuple):
    """The slots that pass a filter; from the second question on, their rows too."""

    slots: Slots
    rows: Vector | None = None

    def search(self, vector: Vector, k: int, all_rows: ExactIndex) -> Nearest:
        """The `k` nearest of the subset, by comparing with each."""
        if self.rows is None:
            return all_rows.search(vector, k, self.slots)
        return best(products(self.rows, vector), k, self.slots)


class Subsets:
    """Subsets by filter, at most `max_bytes` of them, the longest unused go first."""

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._kept: LRUCache[Condition, Subset] = LRUCache(
            max_bytes, getsizeof=lambda _, subset: _bytes(subset)
        )

    def known(self, condition: Condition) -> Subset | None:
        """The subset of a filter that was asked before."""
        found: Subset | None = self._kept.get(condition)
        return found

    def get(
        self, condition: Condition, metadata: MetadataIndex, rows: ExactIndex
    ) -> Subset:
        """The subset of a filter, selected if it is not known."""
        known = self.known(condition)
        if known is not None and known.rows is not None:
            return known
        if known is None:
            made = Subset(metadata.select(condition))
        else:
            size = len(known.slots) * rows.dimension * 4
            # one filter may take a part of the room, not all of it
            if 4 * size > self._max_bytes:
                return known
            made = Subset(known.slots, rows.take(known.slots))
        if _bytes(made) <= self._max_bytes:
            self._kept.insert(condition, made)
        return made

    def clear(self) -> None:
        """Forget all: the documents have changed."""
        self._kept.clear()


def _bytes(subset: Subset) -> int:
    rows = 0 if subset.rows is None else subset.rows.nbytes
    return int(subset.slots.nbytes + rows + 500)
