"""Filters: `{"agent_id": "a", "timestamp": {"$gte": 5}}`, read once, used twice.

A filter becomes a test of one record in Python and, where there are indexes, a
condition in SQL; both mean the same. A value equals and is ordered only among its own
kind: numbers, text, booleans (equal or not, without order), None. A field that is
missing counts as None; a list or a dict equals nothing that can be asked for.
"""

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from session1.limits import is_utf8

Test = Callable[[Mapping[str, Any]], bool]
Columns = Mapping[str, str]  # field: the column that holds it

COMPARE = {"$eq", "$ne", "$gt", "$gte", "$lt", "$lte", "$in"}
_ORDER: dict[str, tuple[Callable[[Any, Any], bool], str]] = {
    "$gt": (operator.gt, ">"),
    "$gte": (operator.ge, ">="),
    "$lt": (operator.lt, "<"),
    "$lte": (operator.le, "<="),
}
MAX_VALUES = 30_000  # SQLite takes 32,766 in one statement
MAX_DEPTH = 50
_INT64 = 2**63
_NONE, _BOOL, _NUMBER, _TEXT, _OTHER = range(5)
_KINDS = {type(None): _NONE, bool: _BOOL, int: _NUMBER, float: _NUMBER, str: _TEXT}


@dataclass(frozen=True, slots=True)
class Where:
    """A condition in SQL; `exact` if every record it finds passes the filter."""

    sql: str = ""
    values: tuple[Any, ...] = ()
    exact: bool = True


@dataclass(frozen=True, slots=True)
class Filter:
    """A filter that was read: `test` a record, or ask `where` the indexes lead."""

    test: Test
    where: Callable[[Columns], Where]
    fields: frozenset[str]


def read(given: Any, depth: int = 0) -> Filter:
    """The filter that the dict `given` describes; TypeError or ValueError if none."""
    if not isinstance(given, Mapping):
        raise TypeError(f"a filter must be a dict, got {type(given).__name__}")
    if depth > MAX_DEPTH:
        raise ValueError(f"a filter is nested deeper than {MAX_DEPTH}")
    parts = [part for key, value in given.items() for part in _parts(key, value, depth)]
    return parts[0] if len(parts) == 1 else _both(parts)


def cell(value: Any) -> Any:
    """`value` of a record as its column holds it: every kind apart from the others."""
    kind = _KINDS.get(type(value), _OTHER)
    if kind == _BOOL:
        return b"\1" if value else b"\0"
    return b"\xff" if kind == _OTHER else value


def _parts(key: Any, value: Any, depth: int) -> list[Filter]:
    if key in ("$and", "$or"):
        if not isinstance(value, list) or not value:
            raise ValueError(f"{key} takes a list of filters, at least one")
        inner = [read(item, depth + 1) for item in value]
        return [_both(inner) if key == "$and" else _any(inner)]
    if not isinstance(key, str) or not key or key.startswith("$"):
        raise ValueError(
            f"{key!r} is neither a field nor $and nor $or; write "
            "{'field': value} or {'field': {'$gte': value}}"
        )
    if not isinstance(value, Mapping):
        return [_compare(key, "$eq", value)]
    if not value:
        raise ValueError(f"{key}: an empty dict says nothing; {_allowed()}")
    return [_compare(key, name, wanted) for name, wanted in value.items()]


def _compare(field: str, name: Any, wanted: Any) -> Filter:
    if name not in COMPARE:
        raise ValueError(f"{field}: {name!r} is no comparison; {_allowed()}")
    if name == "$in":
        return _in(field, wanted)
    _scalar(field, wanted)
    if name in _ORDER:
        return _ordered(field, name, wanted)
    kind = _KINDS[type(wanted)]

    def equal(record: Mapping[str, Any]) -> bool:
        value = record.get(field)
        return value == wanted and _KINDS.get(type(value)) == kind

    if name == "$eq":
        # `IS` takes None too, and an index serves it as it does `=`
        return _one(field, equal, "{} IS ?", (cell(wanted),))
    return _one(field, lambda r: not equal(r), "{} IS NOT ?", (cell(wanted),))


def _ordered(field: str, name: str, wanted: Any) -> Filter:
    kind = _KINDS[type(wanted)]
    if kind not in (_NUMBER, _TEXT):
        raise TypeError(f"{field}: {name} compares numbers or text, not {wanted!r}")
    compare, sign = _ORDER[name]

    def test(record: Mapping[str, Any]) -> bool:
        value = record.get(field)
        return _KINDS.get(type(value)) == kind and compare(value, wanted)

    # SQLite orders None < numbers < text < bytes: keep within the kind
    sql = f"{{0}} {sign} ?"
    if sign[0] == ">":
        sql += " AND {0} < " + ("''" if kind == _NUMBER else "x''")
    elif kind == _TEXT:
        sql += " AND {0} >= ''"
    return _one(field, test, sql, (wanted,))


def _in(field: str, wanted: Any) -> Filter:
    if not isinstance(wanted, (list, tuple, set, frozenset)):
        raise TypeError(f"{field}: $in takes a list, got {type(wanted).__name__}")
    values = [_scalar(field, value) for value in wanted]
    _few(len(values))
    among = {(_KINDS[type(value)], value) for value in values}

    def test(record: Mapping[str, Any]) -> bool:
        value = record.get(field)
        kind = _KINDS.get(type(value))
        return kind is not None and (kind, value) in among

    cells = tuple(cell(value) for value in values if value is not None)
    sql = f"{{0}} IN ({', '.join('?' * len(cells))})"
    if len(cells) < len(values):
        sql = f"({sql} OR {{0}} IS NULL)"
    return _one(field, test, sql, cells)


def _one(field: str, test: Test, sql: str, values: tuple[Any, ...]) -> Filter:
    def where(columns: Columns) -> Where:
        column = columns.get(field)
        if column is None:
            return Where(exact=False)
        return Where(sql.format(column), values)

    return Filter(test, where, frozenset({field}))


def _both(parts: list[Filter]) -> Filter:
    tests = [part.test for part in parts]

    def where(columns: Columns) -> Where:
        found = [part.where(columns) for part in parts]
        return _join(" AND ", [w for w in found if w.sql], all(w.exact for w in found))

    return Filter(lambda r: all(t(r) for t in tests), where, _fields(parts))


def _any(parts: list[Filter]) -> Filter:
    tests = [part.test for part in parts]

    def where(columns: Columns) -> Where:
        found = [part.where(columns) for part in parts]
        # one alternative that no index knows could be met by any record
        if not all(w.sql for w in found):
            return Where(exact=all(w.exact for w in found))
        return _join(" OR ", found, all(w.exact for w in found))

    return Filter(lambda r: any(t(r) for t in tests), where, _fields(parts))


def _join(word: str, found: list[Where], exact: bool) -> Where:
    values = tuple(value for one in found for value in one.values)
    _few(len(values))
    sql = word.join(f"({one.sql})" for one in found)
    return Where(sql, values, exact)


def _fields(parts: list[Filter]) -> frozenset[str]:
    return frozenset().union(*(part.fields for part in parts))


def _scalar(field: str, value: Any) -> Any:
    if type(value) not in _KINDS:
        raise TypeError(
            f"{field}: a filter compares with text, numbers, booleans or None, "
            f"not with a {type(value).__name__}"
        )
    if value != value or (type(value) is int and not -_INT64 <= value < _INT64):
        raise ValueError(f"{field}: no record can hold the number {value}")
    if isinstance(value, str) and not is_utf8(value):
        raise ValueError(f"{field}: no record can hold the text {value!r}")
    return value


def _few(count: int) -> None:
    if count > MAX_VALUES:
        raise ValueError(f"a filter names {count:,} values; {MAX_VALUES:,} is the most")


def _allowed() -> str:
    return f"there are {', '.join(sorted(COMPARE))}"
