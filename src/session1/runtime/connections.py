"""A pool of database connections: reused, checked before use, bounded, and watched."""

import os
import shutil
import sys
import tempfile
import threading
import time
import weakref
from collections.abc import Callable
from dataclasses import dataclass
from types import FrameType
from typing import Any

from sqlalchemy import URL, Dialect, Engine, create_engine, event, make_url
from sqlalchemy.pool import QueuePool

from session1.extras import need
from session1.forks import heed_forks
from session1.limits import number, positive, positive_int, whole


@dataclass(frozen=True, slots=True)
class Held:
    """A connection that is lent: for how many seconds, to whom, and taken where."""

    seconds: float
    thread: str
    where: str


@dataclass(frozen=True, slots=True)
class ConnectionStats:
    """Connections now, and counts since the pool was made."""

    size: int
    idle: int
    lent: int
    peak: int
    opened: int
    used: int  # times that one was lent
    dropped: int  # found dead, or broken in use


class _Watch:
    """Listens to a pool and keeps count."""

    def __init__(self, engine: Engine, clock: Callable[[], float]) -> None:
        self.clock = clock
        self._engine = weakref.ref(engine)
        self._begin()
        self._listen(engine)
        heed_forks(self)

    def forked(self) -> None:
        """Begin with no connections: two processes would talk through each other."""
        self._begin()
        engine = self._engine()
        if engine is not None:
            _inherited.append(engine.pool)  # never closed here
            engine.dispose(close=False)

    def _begin(self) -> None:
        self.opened = self.used = self.dropped = self.peak = 0
        self.lent: dict[int, tuple[float, str, str]] = {}  # by connection record
        self._lock = threading.Lock()

    def _listen(self, pool: Any) -> None:
        event.listen(pool, "connect", self._on_connect)
        event.listen(pool, "checkout", self._on_checkout)
        event.listen(pool, "checkin", self._on_checkin)
        event.listen(pool, "detach", self._on_checkin)  # the pool has it no more
        event.listen(pool, "invalidate", self._on_invalidate)

    def held(self) -> list[Held]:
        now = self.clock()
        with self._lock:
            lent = sorted(self.lent.values())
        return [Held(now - since, thread, where) for since, thread, where in lent]

    def _on_connect(self, connection: Any, record: Any) -> None:
        with self._lock:
            self.opened += 1

    def _on_checkout(self, connection: Any, record: Any, proxy: Any) -> None:
        taken = self.clock(), threading.current_thread().name, _caller()
        with self._lock:
            self.used += 1
            self.lent[id(record)] = taken
            self.peak = max(self.peak, len(self.lent))

    def _on_checkin(self, connection: Any, record: Any) -> None:
        with self._lock:
            self.lent.pop(id(record), None)

    def _on_invalidate(self, connection: Any, record: Any, error: Any) -> None:
        with self._lock:
            self.dropped += 1


_inherited: list[Any] = []
# By the dialect, which an engine has in common with all that are derived from it.
_WATCHES: weakref.WeakKeyDictionary[Dialect, _Watch] = weakref.WeakKeyDictionary()


def create_pool(
    url: str | URL | None = None,
    pool_size: int = 20,
    max_overflow: int = 10,
    pool_pre_ping: bool = True,
    pool_recycle: int = 3600,
    pool_timeout: float = 30.0,
    *,
    answer_timeout: float = 60.0,
    clock: Callable[[], float] = time.monotonic,
    **options: Any,
) -> Engine:
    """An SQLAlchemy engine that keeps `pool_size` connections, `max_overflow` at peaks.

    A connection is tried before it is lent (`pool_pre_ping`), so that one that died
    idle is replaced unseen; it is renewed after `pool_recycle` seconds. Whoever finds
    none free for `pool_timeout` seconds gets `sqlalchemy.exc.TimeoutError`. A
    PostgreSQL that says nothing for `answer_timeout` seconds is an error. Without
    `url` it is an SQLite file that goes with the engine; PostgreSQL by its URL.
    `clock` times how long one is lent. Further `options` are those of
    `sqlalchemy.create_engine`.
    """
    positive_int("pool_size", pool_size)
    positive("pool_timeout", pool_timeout)
    positive("answer_timeout", answer_timeout)
    number("pool_recycle", pool_recycle)
    if max_overflow is None or whole("max_overflow", max_overflow) < 0:
        raise ValueError(
            f"max_overflow is {max_overflow}: a pool needs a limit, give 0 or more"
        )
    poolclass = options.pop("poolclass", None) or QueuePool
    if not (isinstance(poolclass, type) and issubclass(poolclass, QueuePool)):
        raise ValueError(
            f"poolclass is {poolclass!r}; what is watched here is a QueuePool: leave "
            "it out, or use sqlalchemy.create_engine for another"
        )
    folder = None if url is not None else tempfile.mkdtemp(prefix="db-")
    target = make_url(f"sqlite:///{folder}/pool.db" if folder else url or "")
    engine = create_engine(
        _with_driver(target),
        poolclass=poolclass,
        pool_size=pool_size,
        max_overflow=max_overflow,
        pool_pre_ping=pool_pre_ping,
        pool_recycle=pool_recycle,
        pool_timeout=pool_timeout,
        **{"connect_args": _connect_args(target), **options},
    )
    if target.get_backend_name() == "sqlite":
        event.listen(engine, "connect", _tune_sqlite)
    elif engine.dialect.driver == "psycopg":
        # imported here: whoever uses SQLite need not have it
        from session1.runtime.silence import bound

        bound(engine, answer_timeout)
    _WATCHES[engine.dialect] = _Watch(engine, clock)
    if folder is not None:
        weakref.finalize(engine, _remove, folder, os.getpid())
    return engine


def _remove(folder: str, process: int) -> None:
    """Remove a folder, unless this is a fork of the process that it is of."""
    if os.getpid() == process:
        shutil.rmtree(folder, ignore_errors=True)


def pool_stats(engine: Engine) -> ConnectionStats:
    """Report what the pool of `create_pool` holds and has done."""
    watch, pool = _watch(engine), engine.pool
    assert isinstance(pool, QueuePool)
    return ConnectionStats(
        size=pool.size(),
        idle=pool.checkedin(),
        lent=len(watch.held()),
        peak=watch.peak,
        opened=watch.opened,
        used=watch.used,
        dropped=watch.dropped,
    )


def held_longer_than(engine: Engine, seconds: float) -> list[Held]:
    """Connections lent for longer than `seconds`, the oldest first: likely leaks."""
    return [held for held in _watch(engine).held() if held.seconds > seconds]


def _watch(engine: Engine) -> _Watch:
    watch = _WATCHES.get(engine.dialect)
    if watch is None:
        raise ValueError("this engine is not watched: make it with create_pool")
    return watch


def _with_driver(url: URL) -> URL:
    """PostgreSQL through psycopg, whatever SQLAlchemy's version would take."""
    if url.get_backend_name() == "sqlite" and url.database in (None, "", ":memory:"):
        raise ValueError(
            "every connection to an SQLite memory database has one of its own; name a "
            "file, or leave the URL out for one that goes with the engine"
        )
    if url.drivername not in ("postgresql", "postgres"):
        return url
    need("psycopg", "servers")
    return url.set(drivername="postgresql+psycopg")


def _connect_args(url: URL) -> dict[str, Any]:
    """Notice in seconds that a server is gone, not when TCP has lost patience."""
    if url.get_backend_name() == "sqlite":
        return {"timeout": 10.0}  # seconds to wait for another's lock
    if not url.drivername.startswith("postgres"):
        return {}
    return {"connect_timeout": 5, "keepalives_idle": 10, "tcp_user_timeout": 15_000}


def _tune_sqlite(connection: Any, record: Any) -> None:
    """Readers and a writer at the same time; a commit survives the process."""
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=NORMAL")


def _caller() -> str:
    """Where a connection was taken: the nearest line that is not SQLAlchemy's."""
    frame: FrameType | None = sys._getframe(2)
    while frame is not None:
        name = frame.f_globals.get("__name__", "")
        if not name.startswith("sqlalchemy") and name != "contextlib":
            return f"{frame.f_code.co_filename}:{frame.f_lineno}"
        frame = frame.f_back
    return "?"
