"""Changes to records, and their moves between the warm and the cold tier.

Each batch is one transaction. A file is on the disk before the transaction that names
it, and leaves the disk after the transaction that forgets it: killed between any two
steps, every record is in exactly one place.
"""

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from secrets import randbits
from typing import Any

from session1.memory.tiers.config import Tiers
from session1.memory.tiers.errors import DamagedFile, StoreFull
from session1.memory.tiers.hot import Held, Hot
from session1.memory.tiers.ledger import Ledger
from session1.memory.tiers.record import Record

BATCH = 256  # records in one transaction, and in one file
BATCH_BYTES = 256 * 1024  # of JSON in one file, unless one record is longer
_WARM = """SELECT r.key, r.size FROM records r
    WHERE r.segment IS NULL AND r.touched <= ? ORDER BY r.touched LIMIT ?"""
_BODY = "SELECT body FROM bodies WHERE key = ?"


class Moves:
    """Moves records of one ledger between the tiers, and counts them."""

    def __init__(self, ledger: Ledger, tiers: Tiers) -> None:
        self._ledger = ledger
        self._tiers = tiers
        self.counts = dict.fromkeys(
            ("promoted", "demoted", "expired", "files_rewritten"), 0
        )

    def make_room(self, size: int, wait: bool = True) -> None:
        """Demote what was used least recently until `size` bytes fit in warm."""
        most = self._tiers.warm.max_bytes
        if size > most:
            raise StoreFull(
                f"{size:,} bytes are more than the warm tier may hold ({most:,.0f}): "
                "raise its max_size_mb, or store less"
            )
        while self._ledger.warm_stats()["bytes"] + size > most:
            self.demote(float("inf"), wait)

    def demote(self, until: float, wait: bool = True) -> int:
        """Move one batch last touched at `until` or before into a cold file."""
        with self._ledger.write(wait=wait) as db:
            few = _up_to(db.execute(_WARM, (until, BATCH)).fetchall())
            bodies = [db.execute(_BODY, (key,)).fetchone()[0] for key in few]
            if few:
                self._file(db, few, bodies)
                db.execute(_keys("DELETE FROM bodies WHERE key IN", few), few)
        self.counts["demoted"] += len(few)
        return len(few)

    def touch(self, used: Mapping[str, float], wait: bool = True) -> None:
        """Note when records were read, and bring those of them that are cold to warm.

        What is in a damaged file stays there.
        """
        items = list(used.items())
        for at in range(0, len(items), BATCH):
            with self._ledger.write(wait=wait) as db:
                risen = sum(
                    self._touch(db, id, when) for id, when in items[at:][:BATCH]
                )
            self.counts["promoted"] += risen
            if risen:
                self._settle(wait)

    def expire(self, until: float) -> list[str]:
        """Remove one batch last touched at `until` or before; their ids."""
        gone: list[str] = []
        with self._ledger.write() as db:
            for part in ("IS NOT NULL", "IS NULL"):
                rows = db.execute(
                    f"""DELETE FROM records WHERE key IN (SELECT key FROM records
                    WHERE segment {part} AND touched <= ? LIMIT ?) RETURNING id""",
                    (until, BATCH - len(gone)),
                ).fetchall()
                gone += [id for (id,) in rows]
        self.counts["expired"] += len(gone)
        return gone

    def clean(self, now: float, gone: Callable[[list[str]], None]) -> dict[str, int]:
        """Remove, then demote, what is too old, and tidy the files; how many of each.

        `gone` hears the ids of those that were removed.
        """
        before = dict(self.counts)
        while ids := self.expire(now - self._tiers.cold.ttl):
            gone(ids)
        try:
            while self.demote(now - self._tiers.warm.ttl):
                pass
        finally:
            self.compact()
        return {name: n - before[name] for name, n in self.counts.items()}

    def compact(self) -> None:
        """Rewrite files of which less than half is still needed; remove the unneeded.

        So what was deleted or promoted leaves the disk, too.
        """
        with self._ledger.read() as db:
            sparse = db.execute(
                "SELECT name FROM segments WHERE 0 < live AND live * 2 < records"
            ).fetchall()
        for (name,) in sparse:
            try:
                self._rewrite(name)
            except DamagedFile:
                continue  # it is counted, and waits for a backup
        # on the disk first: a power cut must not bring back rows without their file
        with self._ledger.write(to_disk=True) as db:
            rows = db.execute("DELETE FROM segments WHERE live = 0 RETURNING name")
            dead = [name for (name,) in rows.fetchall()]
        self._ledger.files.remove(dead)

    def _rewrite(self, name: str) -> None:
        with self._ledger.write() as db:
            rows = db.execute(
                "SELECT key, slot FROM records WHERE segment = ? ORDER BY slot", (name,)
            ).fetchall()
            found = db.execute(
                "SELECT digest FROM segments WHERE name = ?", (name,)
            ).fetchone()
            if not rows or found is None:
                return
            try:
                bodies = self._ledger.files.load(name, found[0])
            except FileNotFoundError:
                raise self._ledger.files.missing(name) from None
            keys, kept = [key for key, _ in rows], [bodies[at] for _, at in rows]
            self._file(db, keys, kept, shrinks=True)
        self.counts["files_rewritten"] += 1

    def _file(
        self,
        db: sqlite3.Connection,
        keys: Sequence[int],
        bodies: Sequence[bytes],
        shrinks: bool = False,
    ) -> None:
        """Write a file and let the ledger say that these records are in it."""
        (held,) = db.execute(
            "SELECT total(bytes) FROM segments WHERE live > 0"
        ).fetchone()
        most = self._tiers.cold.max_bytes
        more = sum(map(len, bodies))
        if not shrinks and held + more > most:
            raise StoreFull(
                f"the cold tier is full ({held:,.0f} of {most:,.0f} bytes, {more:,} "
                "more to come) and nothing in it is old enough to go: raise its "
                "max_size_mb, or delete_where(...)"
            )
        name, digest, size = self._ledger.files.write(bodies)
        row = (name, digest, size, len(keys), 0)
        db.execute("INSERT INTO segments VALUES (?, ?, ?, ?, ?)", row)
        db.executemany(
            "UPDATE records SET segment = ?, slot = ? WHERE key = ?",
            [(name, slot, key) for slot, key in enumerate(keys)],
        )

    def _touch(self, db: sqlite3.Connection, id: str, when: float) -> bool:
        """Note that a record was read; True if it was cold and is warm now."""
        row = self._ledger.find(db, id=id)
        if row is None:
            return False
        key, _, touched, body, segment, *_ = row
        if when > touched:
            db.execute("UPDATE records SET touched = ? WHERE key = ?", (when, key))
        if segment is None:
            return False
        try:
            body = self._ledger.body(row)
        except DamagedFile:
            return False
        db.execute("INSERT INTO bodies VALUES (?, ?)", (key, body))
        db.execute(
            "UPDATE records SET segment = NULL, slot = NULL WHERE key = ?", (key,)
        )
        return True

    def _settle(self, wait: bool) -> None:
        """Warm is over its size because of promotions: the least used go down."""
        with suppress(StoreFull):  # a little over is better than a read that fails
            self.make_room(0, wait)


def _up_to(rows: Iterable[Sequence[Any]]) -> list[int]:
    """The keys of as many (key, size) as fill a batch; at least one."""
    keys: list[int] = []
    total = 0
    for key, size in rows:
        total += size
        if keys and total > BATCH_BYTES:
            break
        keys.append(key)
    return keys


def _keys(sql: str, keys: Sequence[int]) -> str:
    return f"{sql} ({', '.join('?' * len(keys))})"


class Writer:
    """Stores and deletes. One lock around both steps keeps the tiers in step."""

    def __init__(self, ledger: Ledger, hot: Hot, moves: Moves) -> None:
        self._ledger = ledger
        self._hot = hot
        self._moves = moves

    def put(
        self, pairs: Sequence[tuple[Record, bytes]], now: float, touched: float
    ) -> None:
        """Store records, given with their JSON: all or none."""
        with self._ledger.lock:
            self._moves.make_room(sum(len(body) for _, body in pairs))
            # a number that no other version of the record has, not even a later one
            # of the same id after it was deleted
            held = [Held(randbits(63), record) for record, _ in pairs]
            with self._in_step([record["id"] for record, _ in pairs]):
                with self._ledger.write() as db:
                    for (record, body), (version, _) in zip(pairs, held, strict=True):
                        row = {"version": version, "touched": touched}
                        self._ledger.add(db, record, body, row)
                bodies = [body for _, body in pairs]
                self._hot.put(zip(held, bodies, strict=True), now)

    def delete(self, where: str, rows: Sequence[tuple[Any, ...]]) -> list[str]:
        """Delete in one transaction what meets `where`, once for each row of values."""
        sql = f"DELETE FROM records WHERE {where} RETURNING id"
        gone: list[str] = []
        with self._ledger.lock, self._in_step(gone):
            with self._ledger.write() as db:
                for row in rows:
                    gone += [id for (id,) in db.execute(sql, row).fetchall()]
            self._hot.drop(gone)
        return gone

    @contextmanager
    def _in_step(self, ids: list[str]) -> Iterator[None]:
        """Hot forgets these if it is not known how far the block came."""
        try:
            yield
        except BaseException:
            self._hot.drop(ids)
            raise
