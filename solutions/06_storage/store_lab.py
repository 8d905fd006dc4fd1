"""What the assembled store stands on: SQLite in a file, and files that are flushed."""

import os
import sqlite3
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from message_table import SCHEMA

COLUMNS = ("user", "at", "role", "data")


class Warm:
    """Messages in SQLite in a file: the tier that outlives the process."""

    def __init__(self, path: Path, index: str) -> None:
        self._db = sqlite3.connect(path, isolation_level=None)
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute(SCHEMA.replace("TABLE", "TABLE IF NOT EXISTS"))
        if not self.query("SELECT 1 FROM pragma_index_list('messages')"):
            self._db.execute(index)

    def query(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        """The rows that a statement finds."""
        return self._db.execute(sql, values).fetchall()

    def get(self, id: int) -> dict[str, Any] | None:
        """The message, or None."""
        found = self.query("SELECT user, at, role, data FROM messages WHERE id = ?", id)
        return dict(zip(COLUMNS, found[0], strict=True)) if found else None

    def put(self, id: int, record: dict[str, Any]) -> None:
        """Store a message, in place of any other of that id."""
        row = (id, *(record[name] for name in COLUMNS))
        self.query("INSERT OR REPLACE INTO messages VALUES (?, ?, ?, ?, ?)", *row)

    async def oldest(self, n: int) -> list[tuple[int, float]]:
        """Up to `n` pairs of an id and its time, the oldest first."""
        return self.query("SELECT id, at FROM messages ORDER BY at, id LIMIT ?", n)

    async def delete_unchanged(self, pairs: Sequence[tuple[int, float]]) -> int:
        """Delete in one transaction those that still have that time; how many."""
        self._db.execute("BEGIN IMMEDIATE")
        before = self._db.total_changes
        sql = "DELETE FROM messages WHERE id = ? AND at = ?"
        self._db.executemany(sql, pairs)
        self._db.execute("COMMIT")
        return self._db.total_changes - before

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()


class RealDisk:
    """A folder, with the steps of a safe write."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def write(self, name: str, text: str) -> None:
        """Write a file, compressed; it is in memory until it is flushed."""
        (self.folder / name).write_bytes(zlib.compress(text.encode()))

    def read(self, name: str) -> str:
        """The text of a file."""
        return zlib.decompress((self.folder / name).read_bytes()).decode()

    def flush(self, name: str) -> None:
        """Wait until a file's text is on the disk."""
        self._sync(self.folder / name)

    def rename(self, old: str, new: str) -> None:
        """Give a file another name, in place of any other of that name."""
        (self.folder / old).replace(self.folder / new)

    def remove(self, name: str) -> None:
        """Remove a file."""
        (self.folder / name).unlink(missing_ok=True)

    def flush_folder(self) -> None:
        """Wait until the folder's names are on the disk."""
        self._sync(self.folder)

    def _sync(self, path: Path) -> None:
        file = os.open(path, os.O_RDONLY)
        try:
            os.fsync(file)
        finally:
            os.close(file)


def cold_files(folder: Path) -> list[str]:
    """Names of the cold files in a folder, in order."""
    return sorted(path.name for path in folder.glob("cold-*"))
