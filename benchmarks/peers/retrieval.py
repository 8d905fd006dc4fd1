"""Other ways to find records: by looking at all of them, and by SQLite itself."""

import json
import sqlite3
from collections.abc import Mapping, Sequence
from typing import Any

Record = dict[str, Any]
_COMPARE = {
    "$eq": lambda a, b: a == b,
    "$gte": lambda a, b: a >= b,
    "$lt": lambda a, b: a < b,
}


def scan(records: Sequence[Record], filter: Mapping[str, Any]) -> list[Record]:
    """All records that pass: what a list and a function are written as at first."""
    return [record for record in records if _passes(record, filter)]


def _passes(record: Record, filter: Mapping[str, Any]) -> bool:
    for field, wanted in filter.items():
        if isinstance(wanted, dict):
            for name, value in wanted.items():
                if not _COMPARE[name](record.get(field), value):
                    return False
        elif record.get(field) != wanted:
            return False
    return True


class RawSQLite:
    """A table in a file with its indexes, and SQL written for each question."""

    def __init__(self, path: str, records: Sequence[Record]) -> None:
        self._db = sqlite3.connect(path)
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute(
            "CREATE TABLE t(id TEXT PRIMARY KEY, agent_id TEXT, timestamp REAL, data)"
        )
        with self._db:
            self._db.executemany(
                "INSERT INTO t VALUES (:id, :agent_id, :timestamp, :data)",
                ({**r, "data": json.dumps(r["data"])} for r in records),
            )
        self._db.execute("CREATE INDEX by_agent ON t(agent_id)")
        self._db.execute("CREATE INDEX by_time ON t(timestamp)")

    def by_agent(self, agent: str, limit: int) -> list[Record]:
        """Id and data of an agent's first records."""
        rows = self._db.execute(
            "SELECT id, data FROM t WHERE agent_id = ? LIMIT ?", (agent, limit)
        )
        return [{"id": id, "data": json.loads(data)} for id, data in rows.fetchall()]

    def since(self, when: float, limit: int) -> list[Record]:
        """Whole records from a time on."""
        rows = self._db.execute(
            "SELECT id, agent_id, timestamp, data FROM t "
            "WHERE timestamp >= ? ORDER BY timestamp LIMIT ?",
            (when, limit),
        )
        return [
            {"id": a, "agent_id": b, "timestamp": c, "data": json.loads(d)}
            for a, b, c, d in rows.fetchall()
        ]

    def close(self) -> None:
        """Close the file."""
        self._db.close()
