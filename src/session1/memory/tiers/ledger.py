"""The ledger: an SQLite database that says of every record where it is.

Warm records are in it, cold ones are in files that it names. One transaction moves a
record, so that it is always in one place. Readers take no lock and wait for nobody.
"""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from zlib import crc32

from session1.memory.tiers.cold import ColdFiles
from session1.memory.tiers.errors import (
    DamagedFile,
    StoreBusy,
    StoreError,
    told_plainly,
)
from session1.memory.tiers.filters import cell
from session1.memory.tiers.folder import is_read_only
from session1.memory.tiers.record import Record, decoded

FORMAT = 2
# `id` and the columns of indexes have no type: SQLite then converts nothing.
# `crc` is the body's, wherever that is: SQLite itself does not see a bit that flipped.
# Bodies are apart so that to touch or move a record never rewrites a long row.
_SCHEMA = """
CREATE TABLE records(
    key INTEGER PRIMARY KEY, id NOT NULL UNIQUE, version INTEGER NOT NULL,
    touched REAL NOT NULL, size INTEGER NOT NULL, crc INTEGER NOT NULL,
    segment TEXT, slot INTEGER);
CREATE TABLE bodies(key INTEGER PRIMARY KEY, body BLOB NOT NULL);
CREATE TABLE segments(
    name TEXT PRIMARY KEY, digest BLOB NOT NULL, bytes INTEGER NOT NULL,
    records INTEGER NOT NULL, live INTEGER NOT NULL);
CREATE TABLE fields(number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE totals(
    cold INTEGER PRIMARY KEY, records INTEGER NOT NULL, bytes INTEGER NOT NULL);
CREATE TABLE meta(name TEXT PRIMARY KEY, value);
INSERT INTO totals VALUES (0, 0, 0), (1, 0, 0);
INSERT INTO meta VALUES ('store', lower(hex(randomblob(8))));
CREATE INDEX warm ON records(touched) WHERE segment IS NULL;
CREATE INDEX cold ON records(touched) WHERE segment IS NOT NULL;
CREATE INDEX filed ON records(segment) WHERE segment IS NOT NULL;
CREATE TRIGGER came AFTER INSERT ON records BEGIN
    UPDATE totals SET records = records + 1, bytes = bytes + new.size
        WHERE cold = (new.segment IS NOT NULL);
END;
CREATE TRIGGER went AFTER DELETE ON records BEGIN
    UPDATE totals SET records = records - 1, bytes = bytes - old.size
        WHERE cold = (old.segment IS NOT NULL);
    UPDATE segments SET live = live - 1 WHERE name = old.segment;
    DELETE FROM bodies WHERE key = old.key;
END;
CREATE TRIGGER moved AFTER UPDATE OF segment, size ON records BEGIN
    UPDATE totals SET records = records - 1, bytes = bytes - old.size
        WHERE cold = (old.segment IS NOT NULL);
    UPDATE totals SET records = records + 1, bytes = bytes + new.size
        WHERE cold = (new.segment IS NOT NULL);
    UPDATE segments SET live = live - 1 WHERE name = old.segment;
    UPDATE segments SET live = live + 1 WHERE name = new.segment;
END;
"""
WAIT_S = 10.0  # for another process that writes
MAX_INDEXES = 64
_ROW = """SELECT r.key, r.version, r.touched, b.body, r.segment, r.slot, r.crc, r.id
    FROM records r LEFT JOIN bodies b ON b.key = r.key WHERE """


def _statements(script: str = _SCHEMA) -> Iterator[str]:
    """The statements that make the tables: `executescript` ends a transaction."""
    text = ""
    for line in script.splitlines():
        text += line + "\n"
        if sqlite3.complete_statement(text):
            yield text
            text = ""


class Ledger:
    """The database in `folder`, for any number of threads.

    With `sync` every commit waits for the disk and survives a power cut; without, it
    survives the end of this process in any way, and a power cut may take the latest.
    """

    def __init__(self, folder: Path, files: ColdFiles, sync: bool = False) -> None:
        self.path = folder / "ledger.sqlite"
        self.files = files
        self.lock = threading.RLock()  # one writer at a time in this process
        self.columns: dict[str, str] = {"id": "id"}
        self.read_only = is_read_only(folder)
        self._sync = "FULL" if sync else "NORMAL"
        self._schema = -1
        self._idle: list[sqlite3.Connection] = []
        self._closed = False
        with told_plainly(self.path):
            self._writer = self._connect()
            self._prepare()
        with self.read() if self.read_only else self.write() as db:
            self.store = db.execute(
                "SELECT value FROM meta WHERE name = 'store'"
            ).fetchone()[0]
            names = [name for (name,) in db.execute("SELECT name FROM segments")]
            if not self.read_only:
                # who was killed between writing a file and its commit left it behind
                files.keep_only(names)

    @contextmanager
    def write(
        self, wait: bool = True, to_disk: bool = False
    ) -> Iterator[sqlite3.Connection]:
        """A transaction: all of the block, or nothing of it if it raises.

        `to_disk` makes this commit, and all before it, survive a power cut. Without
        `wait`, `StoreBusy` at once if somebody else writes.
        """
        if self.read_only:
            raise StoreError(
                f"{self.path.parent} is read-only: make it writable and open it again, "
                "or copy it to where you may write"
            )
        if not self.lock.acquire(blocking=wait):
            raise StoreBusy(f"{self.path}: another thread is writing; try again")
        try:
            with told_plainly(self.path):
                self._begin(wait, to_disk)
                try:
                    self._learn_fields()
                    yield self._writer
                    self._writer.execute("COMMIT")
                except BaseException:
                    self._roll_back()
                    raise
        finally:
            self.lock.release()

    @contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        """A connection of its own, that sees what was committed when it is asked."""
        if self._closed:
            raise StoreError(f"{self.path.parent}: the store is closed")
        with told_plainly(self.path):
            db = self._idle.pop() if self._idle else self._connect()
            try:
                yield db
            finally:
                db.close() if self._closed else self._idle.append(db)

    def find(self, db: sqlite3.Connection, **where: Any) -> tuple[Any, ...] | None:
        """(key, version, touched, body, segment, slot, crc, id) by `id` or `key`."""
        ((column, value),) = where.items()
        found: tuple[Any, ...] | None = db.execute(
            f"{_ROW} r.{column} = ?", (value,)
        ).fetchone()
        return found

    def body(self, row: tuple[Any, ...]) -> bytes | None:
        """Read the record of a row of `find`; None if it has gone since.

        A cold file may be replaced between the look at the ledger and its opening;
        whoever does not find it looks again. `DamagedFile` if it is there and unsound.
        """
        key, _, _, body, segment, slot, crc, id = row
        while body is None:
            with self.read() as db:
                digest = db.execute(
                    "SELECT digest FROM segments WHERE name = ?", (segment,)
                ).fetchone()
            try:
                if digest is not None:
                    body = self.files.read(segment, digest[0])[slot]
                    break
            except FileNotFoundError:
                pass
            again = self._again(key)
            if again is None:
                return None
            _, _, _, body, now_in, slot, crc, _ = again
            if body is None and now_in == segment:
                raise self.files.missing(segment) if segment else self._unsound(id)
            segment = now_in
        if crc32(body) != crc:
            raise self._unsound(id)
        return bytes(body)

    def add(
        self, db: sqlite3.Connection, record: Record, body: bytes, row: dict[str, Any]
    ) -> None:
        """Store a warm record, instead of the one of the same id."""
        cells = row | {"id": record["id"], "size": len(body)}
        cells |= {"crc": crc32(body), "segment": None, "slot": None}
        for field, column in self.columns.items():
            if field != "id":
                cells[column] = cell(record.get(field))
        names = ", ".join(cells)
        news = ", ".join(f"{n} = excluded.{n}" for n in cells if n != "id")
        (key,) = db.execute(
            f"INSERT INTO records({names}) VALUES ({', '.join('?' * len(cells))}) "
            f"ON CONFLICT(id) DO UPDATE SET {news} RETURNING key",
            tuple(cells.values()),
        ).fetchone()
        db.execute("INSERT OR REPLACE INTO bodies VALUES (?, ?)", (key, body))

    def make_index(self, field: str) -> bool:
        """Index `field` of all records, those to come included; False if it was."""
        with self.write() as db:
            if field in self.columns:
                return False
            number = len(self.columns)
            if number > MAX_INDEXES:
                raise ValueError(f"there are {MAX_INDEXES} indexes; that is the most")
            db.execute("INSERT INTO fields VALUES (?, ?)", (number, field))
            db.execute(f"ALTER TABLE records ADD COLUMN x{number}")
            for key, value in self._values(db, field):
                db.execute(
                    f"UPDATE records SET x{number} = ? WHERE key = ?", (value, key)
                )
            db.execute(f"CREATE INDEX by_{number} ON records(x{number}, key, version)")
            db.execute("PRAGMA analysis_limit = 1000")
            db.execute(f"ANALYZE by_{number}")
        with self.write():
            return True  # the columns are known from here on

    def count(self) -> int:
        """Records in both tiers."""
        return int(self._one("SELECT sum(records) FROM totals")[0])

    def warm_stats(self) -> dict[str, int]:
        """Records, and their bytes as JSON."""
        found = self._one("SELECT records, bytes FROM totals WHERE cold = 0")
        return dict(zip(("records", "bytes"), found, strict=True))

    def cold_stats(self) -> dict[str, int]:
        """Records, their bytes as JSON, and the files and the bytes these take."""
        found = self._one("""SELECT records, bytes, (SELECT count(*) FROM segments),
            (SELECT coalesce(sum(bytes), 0) FROM segments) FROM totals WHERE cold""")
        names = ("records", "json_bytes", "files", "bytes")
        damaged = {"damaged_files": self.files.damaged_count()}
        return dict(zip(names, found, strict=True)) | damaged

    def checkpoint(self) -> None:
        """Move what was written lately to its place, which frees the room of a log."""
        with self.lock, told_plainly(self.path):
            self._writer.execute("PRAGMA busy_timeout = 0")  # wait for no reader
            self._writer.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def close(self) -> None:
        """Close every connection; a second time does nothing."""
        with self.lock:
            self._closed = True
            while self._idle:
                self._idle.pop().close()
            self._writer.close()

    def _values(
        self, db: sqlite3.Connection, field: str
    ) -> Iterator[tuple[int, object]]:
        """The key and the cell of every record, in pages, so that few are in memory."""
        last = -1
        while rows := db.execute(
            f"{_ROW} r.key > ? ORDER BY r.key LIMIT 500", (last,)
        ).fetchall():
            for row in rows:
                try:
                    body = self.body(row)
                except StoreError:  # a damaged file; its records cannot be read anyway
                    continue
                if body is not None:
                    yield row[0], cell(decoded(body).get(field))
            last = rows[-1][0]

    def _unsound(self, id: str) -> DamagedFile:
        return DamagedFile(
            self.path,
            f"what it holds of record {id!r} is not what was stored; put the file back "
            "from a backup, or store that record anew. All others can be read",
        )

    def _one(self, sql: str) -> tuple[Any, ...]:
        with self.read() as db:
            found: tuple[Any, ...] = db.execute(sql).fetchone()
        return found

    def _again(self, key: int) -> tuple[Any, ...] | None:
        # a connection of its own: one that is being read from may see an older state
        db = self._connect()
        try:
            return self.find(db, key=key)
        finally:
            db.close()

    def _connect(self) -> sqlite3.Connection:
        db = sqlite3.connect(
            self.path.absolute().as_uri() + self._how(),
            uri=True,
            timeout=WAIT_S,
            isolation_level=None,
            check_same_thread=False,
            cached_statements=256,
        )
        db.execute("PRAGMA journal_size_limit = 67108864")
        db.execute(f"PRAGMA synchronous = {self._sync}")
        return db

    def _how(self) -> str:
        """How to open the database: where nothing can be written, without a log.

        Unless there is one, of a writer that did not come to its end.
        """
        if not self.read_only:
            return ""
        log = self.path.with_name(f"{self.path.name}-wal")
        unfinished = log.exists() and log.stat().st_size
        return "?mode=ro" if unfinished else "?mode=ro&immutable=1"

    def _prepare(self) -> None:
        db = self._writer
        if self.read_only:
            self._check_format()
            self._learn_fields()
            return
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("BEGIN IMMEDIATE")
        try:
            if not self._check_format():
                for statement in _statements():
                    db.execute(statement)
                db.execute(f"PRAGMA user_version = {FORMAT}")
            db.execute("COMMIT")
        except BaseException:
            self._roll_back()
            self._writer.close()
            raise

    def _check_format(self) -> int:
        """The format, 0 if there is nothing yet; StoreError if it is another one."""
        (found,) = self._writer.execute("PRAGMA user_version").fetchone()
        if found not in (0, FORMAT):
            raise StoreError(
                f"{self.path} has format {found}, this program reads {FORMAT}: "
                "use the version that made it, or another folder"
            )
        return int(found)

    def _begin(self, wait: bool, to_disk: bool) -> None:
        self._writer.execute(f"PRAGMA busy_timeout = {int(WAIT_S * 1000) * wait}")
        level = "FULL" if to_disk else self._sync
        self._writer.execute(f"PRAGMA synchronous = {level}")
        self._writer.execute("BEGIN IMMEDIATE")

    def _learn_fields(self) -> None:
        """Another process may have made an index: a record must not miss it."""
        (schema,) = self._writer.execute("PRAGMA schema_version").fetchone()
        if schema != self._schema:
            rows = self._writer.execute("SELECT name, number FROM fields ORDER BY 2")
            self.columns = {"id": "id"} | {name: f"x{n}" for name, n in rows}
            self._schema = schema

    def _roll_back(self) -> None:
        if self._writer.in_transaction:
            self._writer.execute("ROLLBACK")
