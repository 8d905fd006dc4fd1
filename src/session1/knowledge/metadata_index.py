"""Which slots pass a filter or have a text, found without reading the documents."""

from collections.abc import Iterator, Mapping
from functools import reduce
from typing import Any, NamedTuple

import numpy as np
from cachebox import LRUCache
from numpy.typing import NDArray
from sortedcontainers import SortedDict

from session1.filters import AllOf, Compare, Condition, Scalar, cell
from session1.knowledge.exact_index import (
    ExactIndex,
    Nearest,
    Slots,
    Vector,
    best,
    products,
)


class Posting:
    """A set of slots, read as a rising array that is kept until the set changes."""

    __slots__ = ("_array", "slots")

    def __init__(self) -> None:
        self.slots: set[int] = set()
        self._array: Slots | None = None

    def __len__(self) -> int:
        return len(self.slots)

    def add(self, slot: int) -> None:
        self.slots.add(slot)
        self._array = None

    def discard(self, slot: int) -> None:
        self.slots.discard(slot)
        self._array = None

    def read(self) -> Slots:
        array = self._array
        if array is None:
            array = np.fromiter(self.slots, np.int64, len(self.slots))
            array.sort()
            self._array = array
        return array


class Field:
    """The slots by the value of one field; numbers and strings in order as well."""

    def __init__(self) -> None:
        self.present = Posting()
        self.values: dict[Any, Posting] = {}  # by the cell of a value
        self._numbers: SortedDict = SortedDict()
        self._strings: SortedDict = SortedDict()
        self._others: dict[Any, Posting] = {}

    def add(self, slot: int, value: Any) -> None:
        if value not in self.values:
            self.values[value] = self._order(value)[value] = Posting()
        self.values[value].add(slot)
        self.present.add(slot)

    def discard(self, slot: int, value: Any) -> None:
        posting = self.values[value]
        posting.discard(slot)
        self.present.discard(slot)
        if not posting:
            del self.values[value], self._order(value)[value]

    def between(self, test: Compare) -> list[Posting]:
        """The postings of the values above or below the one compared with."""
        order, value = self._order(test.value), test.value
        low, high = (value, None) if test.operator[1] == "g" else (None, value)
        closed = test.operator.endswith("e")
        return [order[key] for key in order.irange(low, high, (closed, closed))]

    def _order(self, value: Any) -> Any:
        if isinstance(value, str):
            return self._strings
        return self._numbers if isinstance(value, (int, float)) else self._others


class MetadataIndex:
    """Every value of every field with the slots that have it."""

    def __init__(self) -> None:
        self._live = Posting()
        self._fields: dict[str, Field] = {}

    def add(self, slot: int, metadata: Mapping[str, Scalar]) -> None:
        """List `slot` under each of its values."""
        self._live.add(slot)
        for name, value in metadata.items():
            if value is not None:  # what is not there reads as None
                self._fields.setdefault(name, Field()).add(slot, cell(value))

    def discard(self, slot: int, metadata: Mapping[str, Scalar]) -> None:
        """Unlist `slot`, whose metadata are what it was added with."""
        self._live.discard(slot)
        for name, value in metadata.items():
            if value is not None:
                self._fields[name].discard(slot, cell(value))

    def most(self, condition: Condition) -> int:
        """How many slots can pass at most; no slot is looked at."""
        if isinstance(condition, Compare):
            return self._most(condition)
        counts = [self.most(part) for part in condition.parts]
        if isinstance(condition, AllOf):
            return min(counts, default=len(self._live))
        return min(sum(counts), len(self._live))

    def select(self, condition: Condition) -> Slots:
        """The slots that pass, rising."""
        if isinstance(condition, Compare):
            return self._select(condition)
        if isinstance(condition, AllOf):
            parts = sorted(condition.parts, key=self.most)
            if not parts:
                return self._live.read()
            found = self.select(parts[0])
            for part in parts[1:]:
                if not len(found):
                    break
                found = _common(found, self.select(part))
            return found
        return reduce(np.union1d, map(self.select, condition.parts), _none())

    def _most(self, test: Compare) -> int:
        field = self._fields.get(test.field) or Field()
        if test.operator == "$ne" or test.value is None:
            return len(self._live)
        if test.operator == "$in":
            if None in test.value:
                return len(self._live)
            wanted = set(test.value)
            return sum(len(field.values.get(v, ())) for v in wanted)
        if test.operator == "$eq":
            return len(field.values.get(test.value, ()))
        return sum(map(len, field.between(test)))

    def _select(self, test: Compare) -> Slots:
        field = self._fields.get(test.field) or Field()
        if test.operator == "$ne":
            equal = self._select(Compare(test.field, "$eq", test.value))
            return np.setdiff1d(self._live.read(), equal, assume_unique=True)
        if test.operator in ("$eq", "$in"):
            wanted = set(test.value) if test.operator == "$in" else {test.value}
            found = [field.values[v].read() for v in wanted if v in field.values]
            if None in wanted:
                absent = np.setdiff1d(self._live.read(), field.present.read(), True)
                found.append(absent)
        else:
            found = [posting.read() for posting in field.between(test)]
        return (
            found[0] if len(found) == 1 else np.sort(np.concatenate([*found, _none()]))
        )


def _common(a: Slots, b: Slots) -> Slots:
    """Intersect two sorted arrays; `a` is short, so its items are looked up in `b`."""
    at = np.searchsorted(b, a)
    inside = at < len(b)
    found: NDArray[np.bool_] = np.zeros(len(a), bool)
    found[inside] = b[at[inside]] == a[inside]
    return a[found]


def _none() -> Slots:
    return np.empty(0, np.int64)


class Texts:
    """Slots by text; that a text is there twice is rare, and takes more room."""

    def __init__(self) -> None:
        self._one: dict[str, int] = {}
        self._more: dict[str, set[int]] = {}

    def add(self, text: str, slot: int) -> None:
        """Note that the document in `slot` has this text."""
        if self._one.setdefault(text, slot) != slot:
            self._more.setdefault(text, set()).add(slot)

    def discard(self, text: str, slot: int) -> None:
        """Forget a document whose text was noted."""
        more = self._more.get(text, set())
        if self._one[text] != slot:
            more.remove(slot)
        elif more:
            self._one[text] = more.pop()
        else:
            del self._one[text]
        if not more:
            self._more.pop(text, None)

    def slots(self, text: str) -> Iterator[int]:
        """Yield the slots of all documents with just this text."""
        if text in self._one:
            yield self._one[text]
            yield from self._more.get(text, ())


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
