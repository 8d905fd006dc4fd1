"""Messages in SQLite: the steps of its queries, and what they hand over."""

import random
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

SCHEMA = (
    "CREATE TABLE messages "
    "(id INTEGER PRIMARY KEY, user TEXT, at INTEGER, role TEXT, data TEXT)"
)
QUERIES = {
    "latest": "SELECT id, data FROM messages "
    "WHERE user = ? AND at >= ? ORDER BY at DESC LIMIT 5",
    "last": "SELECT max(at) FROM messages WHERE user = ?",
    "count": "SELECT count(*) FROM messages WHERE user = ? AND at >= ?",
}
SERVES_ALL = "CREATE INDEX best ON messages ({}, {})".format("user", "at")
BUSY, QUIET = "user 7", "user 19"
HARMLESS = {"lower", "upper", "length", "substr", "abs", "round", "trim"}
FUSE = 5_000_000  # steps of one statement
LONG = 400  # characters of an answer
MOST = 1_000  # rows of a query
Row = tuple[object, ...]


def table(n: int, seed: int = 1) -> sqlite3.Connection:
    """A database with `n` messages, two a minute, of 20 users.

    `BUSY` spoke all the time, `QUIET` in the first tenth only.
    """
    draw = random.Random(seed)
    db = sqlite3.connect(":memory:")
    db.execute(SCHEMA)
    early = [f"user {i}" for i in range(20)]
    for i in range(n):
        user = draw.choice(early if i < n / 10 else early[:19])
        text = "".join(draw.choices("abcdefgh ", k=draw.randrange(40, 120)))
        row = (user, 60 * (i // 2), draw.choice(["user", "assistant"]), text)
        db.execute("INSERT INTO messages (user, at, role, data) VALUES (?,?,?,?)", row)
    return db


def add_index(db: sqlite3.Connection, text: object) -> None:
    """Run a CREATE INDEX on messages and nothing else; ValueError says why not."""
    if type(text) is not str or not text.strip():
        raise ValueError('write the statement in quotes: "CREATE INDEX …"')
    if len(text) > LONG:
        raise ValueError(f"an index needs no {len(text)} characters")

    def allowed(what: int, a: str | None, b: str | None, *_: object) -> int:
        makes = what == sqlite3.SQLITE_CREATE_INDEX and b == "messages"
        own = what == sqlite3.SQLITE_INSERT and a in ("sqlite_master", "sqlite_schema")
        quiet = what in (sqlite3.SQLITE_READ, sqlite3.SQLITE_REINDEX)
        harmless = what == sqlite3.SQLITE_FUNCTION and str(b).lower() in HARMLESS
        ok = makes or own or quiet or harmless
        return sqlite3.SQLITE_OK if ok else sqlite3.SQLITE_DENY

    try:
        with _fused(db), _only(db, allowed):
            db.execute(text)
    except (sqlite3.Error, sqlite3.Warning) as error:
        raise ValueError(f"SQLite says: {error}") from None
    if not db.execute("SELECT 1 FROM pragma_index_list('messages')").fetchone():
        raise ValueError("this makes no index on messages: CREATE INDEX … ON messages")


@dataclass(frozen=True)
class Cost:
    """Steps of each query, and what an insert and the index take."""

    steps: dict[str, int]
    insert: int
    pages: int  # of 4,096 bytes, of the index alone

    @property
    def total(self) -> int:
        """Steps of all queries together."""
        return sum(self.steps.values())


def cost(index: object = None, n: int = 1_000, seed: int = 1) -> Cost:
    """The three queries' steps, each for a busy and a quiet user, over `n` messages.

    ValueError if `index` is no statement that makes an index on messages.
    """
    db = table(n, seed)
    before = _pages(db)
    if index is not None:
        add_index(db, index)
    pages = _pages(db) - before
    since = {"latest": [15 * n], "last": [], "count": [30 * (n - 100)]}
    found = {
        name: sum(steps(db, sql, user, *since[name]) for user in (BUSY, QUIET))
        for name, sql in QUERIES.items()
    }
    insert = "INSERT INTO messages (user, at, role, data) VALUES (?, ?, 'user', 'hi')"
    return Cost(found, steps(db, insert, BUSY, 30 * n), pages)


def best(n: int = 1_000, seed: int = 1) -> Cost:
    """The costs with the index that serves all three queries best."""
    return cost(SERVES_ALL, n, seed)


def steps(db: sqlite3.Connection, sql: str, *values: object) -> int:
    """Steps that SQLite's machine takes for a statement, the same on every run."""
    count = 0

    def tick() -> int:
        nonlocal count
        count += 1
        return 0

    db.set_progress_handler(tick, 1)
    try:
        db.execute(sql, values).fetchall()
    finally:
        db.set_progress_handler(None, 1)
    return count


def plan(sql: str, index: object = None, n: int = 1_000) -> str:
    """How SQLite would find the rows, in its own words."""
    db = table(n)
    if index is not None:
        add_index(db, index)
    given = [BUSY, 0][: sql.count("?")]
    return "; ".join(row[3] for row in db.execute(f"EXPLAIN QUERY PLAN {sql}", given))


def columns_of(index: object) -> str:
    """What a CREATE INDEX on messages says between its brackets, without spaces."""
    found = str(index).lower().partition("messages")[2].partition(")")[0]
    return "".join(found.split()).strip("(")


def plan_look(query: str, index: object) -> str:
    """Where to look when one of `QUERIES` takes too many steps with an index."""
    columns = columns_of(index)
    if "(" in columns or "||" in columns or "collate" in str(index).lower():
        return "the queries compare `user` itself: index the bare column"
    if " where " in str(index).lower():
        return "the queries ask for all messages: an index of some cannot serve them"
    return {
        "latest": "first the column that is compared with =, then the one that sorts",
        "last": "behind a user's name the times should stand in order",
        "count": "user and time together say where to begin: the index needs both",
    }[query]


def rows_look(got: Sequence[object], want: Sequence[object]) -> str:
    """Where to look when these (id, data) are not the wanted ones; empty if unknown."""
    if any(
        not (isinstance(row, tuple) and len(row) == 2 and isinstance(row[0], int))
        for row in got
    ):
        return "each row is a pair (id, data), in this order"
    if len(got) > len(want) and [*got[: len(want)]] == [*want]:
        return "no more than `limit` rows, also of 0: LIMIT ?"
    if sorted(map(str, got)) == sorted(map(str, want)):
        return "the right rows, but the newest `at` comes first, then the higher id"
    return ""


class Desk:
    """Messages behind one function, `query`; counts queries, rows and bytes."""

    def __init__(self, rows: list[Row]) -> None:
        self.db = sqlite3.connect(":memory:", check_same_thread=False)
        self.db.execute(SCHEMA)
        self.db.executemany("INSERT INTO messages VALUES (?, ?, ?, ?, ?)", rows)
        # the other way round, so that no order comes for nothing
        self.db.execute("CREATE INDEX by_user ON messages (user, at DESC)")
        self.queries = self.rows = self.bytes = 0

    def query(self, sql: str, *values: object) -> list[Row]:
        """The rows that a SELECT finds; ValueError says what SQLite has against it."""

        def allowed(what: int, *names: object) -> int:
            reads = what in (sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ)
            ok = reads or (
                what == sqlite3.SQLITE_FUNCTION and str(names[1]).lower() in FUNCTIONS
            )
            return sqlite3.SQLITE_OK if ok else sqlite3.SQLITE_DENY

        if type(sql) is not str or len(sql) > 2_000:
            raise ValueError("a query is a text, and a short one")
        if len(values) == 1 and type(values[0]) in (list, tuple):
            values = tuple(values[0])  # as `execute` of sqlite3 takes them
        try:
            with _fused(self.db), _only(self.db, allowed):
                found = self.db.execute(sql, values).fetchmany(MOST + 1)
        except (sqlite3.Error, sqlite3.Warning) as error:
            raise ValueError(f"SQLite says: {error}") from None
        if len(found) > MOST:
            raise ValueError(f"more than {MOST:,} rows: there are not so many messages")
        self.queries += 1
        self.rows += len(found)
        self.bytes += sum(_size(value) for row in found for value in row)
        return found


FUNCTIONS = HARMLESS | {"max", "min", "count", "sum", "row_number", "coalesce", "like"}


def _size(value: object) -> int:
    return len(value.encode()) if isinstance(value, str) else 8


def _pages(db: sqlite3.Connection) -> int:
    return int(db.execute("PRAGMA page_count").fetchone()[0])


@contextmanager
def _fused(db: sqlite3.Connection) -> Iterator[None]:
    """Stop a statement that takes for ever, or makes a long value."""
    left = FUSE // 1_000

    def tick() -> int:
        nonlocal left
        left -= 1
        return left < 0

    before = db.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, 10_000)
    db.setlimit(sqlite3.SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 30)
    db.set_progress_handler(tick, 1_000)
    try:
        yield
    finally:
        db.set_progress_handler(None, 1)
        db.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, before)


@contextmanager
def _only(db: sqlite3.Connection, allowed: Callable[..., int]) -> Iterator[None]:
    """Let SQLite do what `allowed` says, and nothing else."""
    db.set_authorizer(allowed)
    try:
        yield
    finally:
        db.set_authorizer(None)
