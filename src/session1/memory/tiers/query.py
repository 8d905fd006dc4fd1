"""Finding records: through the indexes as far as they lead, then one by one."""

import logging
import re
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, cast

from session1.limits import positive_int
from session1.memory.tiers.errors import DamagedFile
from session1.memory.tiers.filters import Filter, Where, read
from session1.memory.tiers.hot import Entry, Hot, taken
from session1.memory.tiers.ledger import Ledger
from session1.memory.tiers.record import Record, decoded

PAGE = 256
COUNTED = 10_000  # matching rows that a plan counts before it says “or more”
_log = logging.getLogger(__name__)
# both stand in every index: no row is looked at before it is needed
_FIND = "SELECT key, version FROM records"


@dataclass(frozen=True, slots=True)
class Plan:
    """How a filter will be answered; print it.

    `indexes` are the fields whose index leads, none for a scan; `rows` how many of
    `total` records are looked at (counted up to 10,000), and `checked` the fields
    that have to be read from each of them. `steps` are SQLite's own words.
    """

    indexes: tuple[str, ...]
    rows: int
    total: int
    checked: tuple[str, ...]
    steps: tuple[str, ...]

    @property
    def scan(self) -> bool:
        """Whether every record is looked at."""
        return not self.indexes

    def __str__(self) -> str:
        named = ", ".join(self.indexes)
        how = f"search by the index of {named}" if named else "scan"
        more = " or more" if self.indexes and self.rows >= COUNTED else ""
        lines = [f"{how}: {self.rows:,}{more} of {self.total:,} records"]
        if self.checked:
            lines.append(f"then read each and check {', '.join(self.checked)}")
        if self.scan and self.checked:
            lines.append(f"an index would help: create_index({self.checked[0]!r})")
        return "\n".join([*lines, *(f"  SQLite: {step}" for step in self.steps)])


class Query:
    """Answers filters from the hot tier and the ledger. `alive(touched, now)` tells
    which records are not too old to be seen."""

    def __init__(
        self, ledger: Ledger, hot: Hot, alive: Callable[[float, float], bool]
    ) -> None:
        self._ledger = ledger
        self._hot = hot
        self._alive = alive

    def retrieve(
        self,
        given: Any,
        limit: int | None,
        use_index: bool,
        projection: Sequence[str] | None,
        now: float,
        newest_first: bool = False,
    ) -> list[Record]:
        """Up to `limit` records that pass, in the order of the index that led."""
        most = float("inf") if limit is None else positive_int("limit", limit)
        fields = None if projection is None else _names(projection)
        wanted, where = self._where(given, use_index)
        found: list[Record] = []
        with self._ledger.read() as db:
            cursor = db.execute(*_select(where, newest_first))
            try:
                size = int(min(PAGE, most))
                while len(found) < most and (rows := cursor.fetchmany(size)):
                    found += self._records(db, rows, wanted, where, fields, now)
            finally:
                cursor.close()  # or the connection would go on seeing this state
        return found if limit is None else found[:limit]

    def keys(self, given: Any, now: float) -> Iterator[list[tuple[int, int]]]:
        """Pages of (key, version) of the living records that pass."""
        wanted, where = self._where(given, True)
        last = -1
        while True:
            condition = f"({where.sql}) AND key > ?" if where.sql else "key > ?"
            with self._ledger.read() as db:
                rows = db.execute(
                    f"{_FIND} WHERE {condition} ORDER BY key LIMIT ?",
                    (*where.values, last, PAGE),
                ).fetchall()
                if not rows:
                    return
                last = rows[-1][0]
                page = [
                    (key, version)
                    for key, version in rows
                    if self._passes(db, key, wanted, where, now)
                ]
            yield page

    def everything(self, now: Callable[[], float]) -> Iterator[Record]:
        """All living records, oldest first, a page in memory at a time.

        It sees each record at most once, and all that are there from start to end.
        """
        last = -1
        while True:
            with self._ledger.read() as db:
                rows = db.execute(
                    f"{_FIND} WHERE key > ? ORDER BY key LIMIT ?", (last, PAGE)
                ).fetchall()
                if not rows:
                    return
                last = rows[-1][0]
                page = [self._read(db, key, now()) for key, _ in rows]
            yield from (record for record in page if record is not None)

    def explain(self, given: Any, use_index: bool) -> Plan:
        """How `retrieve` would answer."""
        wanted, where = self._where(given, use_index)
        sql, values = _select(where)
        names = {column: field for field, column in self._ledger.columns.items()}
        with self._ledger.read() as db:
            rows = db.execute(f"EXPLAIN QUERY PLAN {sql}", values).fetchall()
            steps = tuple(_named(row[3], names) for row in rows)
            (total,) = db.execute("SELECT sum(records) FROM totals").fetchone()
            used = tuple(dict.fromkeys(f for s in rows for f in _used(s[3], names)))
            seen = total
            if used:
                (seen,) = db.execute(
                    f"SELECT count(*) FROM ({sql} LIMIT {COUNTED})", values
                ).fetchone()
        left = () if where.exact and (used or not where.sql) else wanted.fields
        return Plan(used, seen, total, tuple(sorted(left)), steps)

    def _where(self, given: Any, use_index: bool) -> tuple[Filter, Where]:
        wanted = read({} if given is None else given)
        columns = self._ledger.columns if use_index else {}
        return wanted, wanted.where(columns)

    def _records(
        self,
        db: sqlite3.Connection,
        rows: list[tuple[int, int]],
        wanted: Filter,
        where: Where,
        fields: tuple[str, ...] | None,
        now: float,
    ) -> list[Record]:
        near = self._hot.peek([version for _, version in rows], now)
        if where.exact and None not in near:
            return taken(cast(Sequence[Entry], near), fields)
        found = []
        for (key, _), entry in zip(rows, near, strict=True):
            if entry is not None:
                if where.exact or wanted.test(entry.record):
                    found += taken([entry], fields)
                continue
            record = self._read(db, key, now)
            # read a moment later than the index was, so it may pass no more
            if record is not None and wanted.test(record):
                found.append(record if fields is None else _some(record, fields))
        return found

    def _passes(
        self, db: sqlite3.Connection, key: int, wanted: Filter, where: Where, now: float
    ) -> bool:
        if where.exact:
            row = db.execute(
                "SELECT touched FROM records WHERE key = ?", (key,)
            ).fetchone()
            return row is not None and self._alive(row[0], now)
        record = self._read(db, key, now)
        return record is not None and wanted.test(record)

    def _read(self, db: sqlite3.Connection, key: int, now: float) -> Record | None:
        """The record if it is alive and its file is sound."""
        row = self._ledger.find(db, key=key)
        if row is None or not self._alive(row[2], now):
            return None
        try:
            body = self._ledger.body(row)
        except DamagedFile as e:
            _log.warning("left out a record: %s", e)
            return None
        return None if body is None else decoded(body)


def _select(where: Where, newest_first: bool = False) -> tuple[str, tuple[Any, ...]]:
    if not where.sql:
        return f"{_FIND} NOT INDEXED ORDER BY key {'DESC' * newest_first}", ()
    order = " ORDER BY key DESC" * newest_first
    return f"{_FIND} WHERE {where.sql}{order}", where.values


def _names(projection: Sequence[str]) -> tuple[str, ...]:
    if isinstance(projection, str) or not all(isinstance(n, str) for n in projection):
        raise TypeError("projection is a list of names of fields")
    return tuple(projection)


def _some(record: Record, fields: tuple[str, ...]) -> Record:
    return {name: record[name] for name in fields if name in record}


def _used(step: str, names: dict[str, str]) -> Iterator[str]:
    """The fields whose index a step of SQLite's plan searches."""
    if not step.startswith("SEARCH"):
        return
    for column, field in names.items():
        mine = "autoindex_records" if field == "id" else f"by_{column[1:]} "
        if mine in step:
            yield field


def _named(step: str, names: dict[str, str]) -> str:
    """A step with the fields' names in the place of the columns'."""
    for column, field in names.items():
        step = step.replace(f"by_{column[1:]} ", "")
        step = re.sub(rf"\b{column}\b", field.replace("\\", r"\\"), step)
    return step
