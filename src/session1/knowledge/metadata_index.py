"""Which slots pass a filter, found from the values and not from the documents."""

from collections.abc import Mapping
from functools import reduce
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sortedcontainers import SortedDict

from session1.filters import AllOf, Compare, Condition, Scalar, cell
from session1.knowledge.exact_index import Slots


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
