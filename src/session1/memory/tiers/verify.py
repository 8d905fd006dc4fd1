"""Read everything that a store has on disk and say what does not agree."""

import sqlite3
from collections.abc import Iterator
from zlib import crc32

from session1.memory.tiers.errors import DamagedFile
from session1.memory.tiers.ledger import Ledger

# each finds rows that must not be
_RULES = {
    "records are neither warm nor cold, or both": """
        SELECT count(*) FROM records r LEFT JOIN bodies b ON b.key = r.key
        WHERE (b.key IS NULL) = (r.segment IS NULL)""",
    "bodies have no record": """
        SELECT count(*) FROM bodies WHERE key NOT IN (SELECT key FROM records)""",
    "records are in a file that the ledger does not know": """
        SELECT count(*) FROM records
        WHERE segment IS NOT NULL AND segment NOT IN (SELECT name FROM segments)""",
    "files have a wrong count of records": """
        SELECT count(*) FROM segments s WHERE live !=
            (SELECT count(*) FROM records r WHERE r.segment = s.name)""",
    "totals are wrong": """
        SELECT count(*) FROM totals t WHERE (records, bytes) !=
            (SELECT count(*), coalesce(sum(size), 0) FROM records
             WHERE (segment IS NOT NULL) = t.cold)""",
}


def problems(ledger: Ledger) -> list[str]:
    """Report each fault in a sentence; writers wait until it is done."""
    with ledger.write() as db:
        return [*_in_database(db), *_in_files(ledger, db)]


def _in_database(db: sqlite3.Connection) -> Iterator[str]:
    for (text,) in db.execute("PRAGMA quick_check").fetchall():
        if text != "ok":
            yield text
    for sentence, sql in _RULES.items():
        (count,) = db.execute(sql).fetchone()
        if count:
            yield f"{count} {sentence}"
    rows = db.execute("SELECT id, crc, body FROM records JOIN bodies USING (key)")
    for id, crc, body in rows:
        if crc32(body) != crc:
            yield f"record {id!r} is not what was stored"


def _in_files(ledger: Ledger, db: sqlite3.Connection) -> Iterator[str]:
    segments = db.execute("SELECT name, digest, live FROM segments").fetchall()
    for name, digest, live in segments:
        try:
            bodies = ledger.files.load(name, digest)
        except FileNotFoundError:
            yield str(ledger.files.missing(name))
        except DamagedFile as e:
            yield str(e)
        else:
            rows = db.execute(
                "SELECT id, slot, crc FROM records WHERE segment = ?", (name,)
            ).fetchall()
            wrong = [id for id, slot, crc in rows if crc32(bodies[slot]) != crc]
            if wrong or len(rows) != live:
                yield f"{name} does not hold what the ledger says: {wrong[:3]}"
    extra = {path.name for path in ledger.files.folder.glob("*.jsonl*")}
    if extra := extra - {name for name, _, _ in segments}:
        yield f"{len(extra)} files belong to nothing; the next opening removes them"
