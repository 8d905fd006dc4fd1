"""The tables of the ledger."""

import sqlite3
from collections.abc import Iterator

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


def statements(script: str = _SCHEMA) -> Iterator[str]:
    """The statements that make the tables: `executescript` ends a transaction."""
    text = ""
    for line in script.splitlines():
        text += line + "\n"
        if sqlite3.complete_statement(text):
            yield text
            text = ""
