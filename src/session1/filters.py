"""Filters on records such as `{"topic": "food", "year": {"$gte": 2020}}`.

A field takes a value, which must be equal, or operators: `$eq $ne $gt $gte $lt $lte`
with a value and `$in` with a list. Several fields, or several operators on one, must
all hold; `$and` and `$or` take lists of filters. Values equal only those of their own
kind: numbers (1 and 1.0 are equal), strings, booleans, None. What is not there reads
as None. Only numbers among each other and strings among each other have an order.
"""

import math
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Scalar = str | int | float | bool | None
MAX_DEPTH = 50

_ORDERS: dict[str, Callable[[Any, Any], bool]] = {
    "$gt": operator.gt,
    "$gte": operator.ge,
    "$lt": operator.lt,
    "$lte": operator.le,
}
OPERATORS = ("$eq", "$ne", *_ORDERS, "$in")


class BadFilter(ValueError):
    """A filter that means nothing; the message says which part and what is allowed."""


@dataclass(frozen=True, slots=True)
class Compare:
    """One field against the `cell` of a value, or a tuple of cells for `$in`."""

    field: str
    operator: str
    value: Any

    def holds(self, found: Any) -> bool:
        """Whether a field that reads `found` passes."""
        found = cell(found)
        if self.operator == "$eq":
            return found == self.value
        if self.operator == "$ne":
            return found != self.value
        if self.operator == "$in":
            return found in self.value
        return ordered(found, self.value) and _ORDERS[self.operator](found, self.value)


@dataclass(frozen=True, slots=True)
class AllOf:
    """Every part holds; with no parts, always."""

    parts: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one part holds."""

    parts: tuple["Condition", ...]


Condition = Compare | AllOf | AnyOf


def parse(filter: Mapping[str, Any] | None, depth: int = 0) -> Condition:
    """The checked form of `filter`; None and {} match everything."""
    if filter is None:
        return AllOf(())
    if not isinstance(filter, Mapping):
        raise BadFilter(f"a filter is a dict, not {filter!r}")
    if depth > MAX_DEPTH:
        raise BadFilter(f"a filter is nested deeper than {MAX_DEPTH}")
    items = filter.items()
    parts = [part for key, value in items for part in _parts(key, value, depth)]
    return parts[0] if len(parts) == 1 else AllOf(tuple(parts))


def matches(condition: Condition, record: Mapping[str, Any]) -> bool:
    """Whether `record` passes."""
    if isinstance(condition, Compare):
        return condition.holds(record.get(condition.field))
    if isinstance(condition, AllOf):
        return all(matches(part, record) for part in condition.parts)
    return any(matches(part, record) for part in condition.parts)


def cell(value: Any) -> Any:
    """`value`, a boolean in a form that equals no number and has no order."""
    return (value,) if isinstance(value, bool) else value


def ordered(one: object, other: object) -> bool:
    """Whether one of the two can be above the other: two numbers or two strings."""
    if isinstance(one, str):
        return isinstance(other, str)
    return isinstance(one, (int, float)) and isinstance(other, (int, float))


def scalar(value: Any, what: str) -> Scalar:
    """`value` if it can be compared and stored as JSON, else `BadFilter`."""
    if value is None or isinstance(value, (str, int)):
        return value
    if isinstance(value, float) and math.isfinite(value):
        return value
    raise BadFilter(f"{what} is {value!r}; give a str, a finite number, a bool or None")


def _parts(key: str, value: Any, depth: int) -> list[Condition]:
    if key in ("$and", "$or"):
        if not isinstance(value, (list, tuple)) or not value:
            raise BadFilter(f"{key} takes a list of filters, at least one: {value!r}")
        inner = tuple(parse(part, depth + 1) for part in value)
        return [AllOf(inner) if key == "$and" else AnyOf(inner)]
    if not isinstance(key, str) or not key or key.startswith("$"):
        raise BadFilter(f"{key!r} is not a field; at this place $and and $or are known")
    if not isinstance(value, Mapping):
        return [Compare(key, "$eq", cell(scalar(value, key)))]
    if not value:
        raise BadFilter(f"{key} has no operator; known are {', '.join(OPERATORS)}")
    return [_compare(key, name, wanted) for name, wanted in value.items()]


def _compare(field: str, name: str, value: Any) -> Compare:
    if name not in OPERATORS:
        known = ", ".join(OPERATORS)
        raise BadFilter(f"{field}: no operator {name!r}; known are {known}")
    if name == "$in":
        if not isinstance(value, (list, tuple, set, frozenset)):
            raise BadFilter(f"{field}: $in takes a list of values, not {value!r}")
        return Compare(field, name, tuple(cell(scalar(item, field)) for item in value))
    if name in _ORDERS:
        if not ordered(cell(value), cell(value)) or value != value:
            raise BadFilter(f"{field}: {name} takes a number or a str, not {value!r}")
        return Compare(field, name, value)  # an infinite bound is one, too
    return Compare(field, name, cell(scalar(value, field)))
