"""Filters of records as conditions in SQL, where there are indexes.

The language is that of `session1.filters`; its test of one record in Python and the
condition in SQL mean the same. A list or a dict equals nothing that can be asked for.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from session1.filters import AllOf, BadFilter, Compare, Condition, matches, parse
from session1.limits import is_utf8

Columns = Mapping[str, str]  # field: the column that holds it

_SIGNS = {"$gt": ">", "$gte": ">=", "$lt": "<", "$lte": "<="}
MAX_VALUES = 30_000  # SQLite takes 32,766 in one statement
_INT64 = 2**63


@dataclass(frozen=True, slots=True)
class Where:
    """A condition in SQL; `exact` if every record it finds passes the filter."""

    sql: str = ""
    values: tuple[Any, ...] = ()
    exact: bool = True


@dataclass(frozen=True)
class Filter:
    """A filter that was read: `test` a record, or ask `where` the indexes lead."""

    condition: Condition

    def test(self, record: Mapping[str, Any]) -> bool:
        """Whether a record passes."""
        return matches(self.condition, record)

    def where(self, columns: Columns) -> Where:
        """The condition on those of its fields that have a column."""
        return _where(self.condition, columns)

    @cached_property
    def fields(self) -> frozenset[str]:
        """The fields that it compares."""
        return frozenset(test.field for test in _tests(self.condition))


def read(given: Any) -> Filter:
    """The filter that the dict `given` describes; BadFilter if it does not."""
    made = Filter(parse(given))
    values = [v for test in _tests(made.condition) for v in _values(test)]
    if len(values) > MAX_VALUES:
        raise BadFilter(
            f"a filter names {len(values):,} values; {MAX_VALUES:,} is the most"
        )
    for value in values:
        if type(value) is int and not -_INT64 <= value < _INT64:
            raise BadFilter(f"no record can hold the number {value}")
        if isinstance(value, str) and not is_utf8(value):
            raise BadFilter(f"no record can hold the text {value!r}")
    return made


def cell(value: Any) -> Any:
    """`value` of a record as its column holds it: every kind apart from the others."""
    if isinstance(value, bool):
        return b"\1" if value else b"\0"
    known = value is None or isinstance(value, (int, float, str))
    return value if known else b"\xff"


def _tests(condition: Condition) -> Iterator[Compare]:
    if isinstance(condition, Compare):
        yield condition
    else:
        for part in condition.parts:
            yield from _tests(part)


def _values(test: Compare) -> list[Any]:
    """The values of a test as records hold them: there a boolean is in a tuple."""
    found = test.value if test.operator == "$in" else (test.value,)
    return [value[0] if isinstance(value, tuple) else value for value in found]


def _where(condition: Condition, columns: Columns) -> Where:
    if isinstance(condition, Compare):
        column = columns.get(condition.field)
        return _compared(condition, column) if column else Where(exact=False)
    found = [_where(part, columns) for part in condition.parts]
    exact = all(one.exact for one in found)
    if isinstance(condition, AllOf):
        word, found = " AND ", [one for one in found if one.sql]
    elif all(one.sql for one in found):
        word = " OR "
    else:  # an alternative that no index knows could be met by any record
        return Where(exact=exact)
    values = tuple(value for one in found for value in one.values)
    return Where(word.join(f"({one.sql})" for one in found), values, exact)


def _compared(test: Compare, column: str) -> Where:
    values = _values(test)
    cells = tuple(cell(value) for value in values if value is not None)
    if test.operator == "$in":
        sql = f"{column} IN ({', '.join('?' * len(cells))})"
        if len(cells) < len(values):
            sql = f"({sql} OR {column} IS NULL)"
        return Where(sql, cells)
    if test.operator in ("$eq", "$ne"):
        # `IS` takes None too, and an index serves it as it does `=`
        sign = "IS" if test.operator == "$eq" else "IS NOT"
        return Where(f"{column} {sign} ?", (cell(values[0]),))
    # SQLite orders None < numbers < text < bytes: keep within the kind
    sql, number = f"{column} {_SIGNS[test.operator]} ?", not isinstance(values[0], str)
    if test.operator.startswith("$g"):
        sql += f" AND {column} < " + ("''" if number else "x''")
    elif not number:
        sql += f" AND {column} >= ''"
    return Where(sql, cells)
