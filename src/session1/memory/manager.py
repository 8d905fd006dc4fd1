"""Records in three tiers: hot in memory or Redis, warm in SQLite, cold in files.

What is promised:

* A record is acknowledged when `put` returns. From then on it outlives a kill of this
  process; with `sync=True` also a power cut. The hot tier is a cache in front and holds
  nothing that the ledger on disk does not.
* A record is in one tier of the disk at a time: warm or cold. Its age, the seconds
  since it was last put or got by its id, decides where it belongs: older than the hot
  ttl it leaves hot, older than the warm ttl it moves to cold, older than the cold ttl
  it may go. No pressure on space removes a record: it moves down, and what no longer
  fits at all is refused with `StoreFull`.
* That a record was got is written down within a minute or 1,000 gets, at the next
  operation; a kill can lose that, and then the record ages as if it had not been.
* Reading goes on where nothing can be written, and so does removing on a full disk:
  a megabyte of it is reserved for that.
* Only `delete`, `delete_where` and `cleanup` remove anything. A record too old is not
  served, and is on disk until the next `cleanup`.
"""

import logging
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, suppress
from functools import partial
from pathlib import Path
from typing import Any

from apscheduler.schedulers.background import BackgroundScheduler

from session1.forks import heed_forks
from session1.limits import function, is_utf8, positive, several
from session1.memory.tiers.cold import ColdFiles
from session1.memory.tiers.config import tiers
from session1.memory.tiers.errors import StoreError
from session1.memory.tiers.folder import (
    Reserve,
    disown,
    given_or_own,
    lock,
)
from session1.memory.tiers.hot import Held, make_hot
from session1.memory.tiers.ledger import Ledger
from session1.memory.tiers.migration import BATCH, Moves, Writer
from session1.memory.tiers.query import Plan, Query
from session1.memory.tiers.record import (
    Record,
    check_id,
    checked,
    decoded,
    encoded,
)
from session1.memory.tiers.schedule import Guard, schedule
from session1.memory.tiers.verify import problems

FLUSH_AFTER = 1_000  # records got
FLUSH_S = 60.0
_log = logging.getLogger(__name__)


class MemoryManager:
    """Stores records, finds them by indexes, and moves them as they age. Thread-safe.

    In a folder that is read-only it only reads. It belongs to the process that opened
    it: a fork of that is refused, and opens one of its own.

    `config` has up to three dicts, whose defaults are in `tiers.config.DEFAULTS`:

    * "hot_tier": `backend` "memory" or "redis", whose `url` is else COURSE_REDIS_URL
      of the environment, else port 6379 of this machine
    * "warm_tier": `backend` "sqlite"
    * "cold_tier": `backend` "disk", and whether `compression` is on

    Each has a `ttl`, the age in seconds at which a record leaves it, and a
    `max_size_mb`; None is no limit. Without a `folder` everything is in a temporary one
    that ends with this manager. `clock` gives seconds since 1970. With `sync` what is
    acknowledged outlives a power cut.
    """

    def __init__(
        self,
        config: Mapping[str, Mapping[str, Any]] | None = None,
        *,
        folder: str | Path | None = None,
        clock: Callable[[], float] = time.time,
        sync: bool = False,
    ) -> None:
        self.tiers = tiers(config)
        self.clock = function("clock", clock)
        self._used: dict[str, float] = {}
        self.hits = self.misses = self.failed_cleanups = 0
        with ExitStack() as opened:  # closed again if something goes wrong on the way
            self.folder = given_or_own(folder, self, opened)
            shared = self.tiers.hot.backend == "redis"
            opened.enter_context(lock(self.folder, shared))
            files = ColdFiles(self.folder / "cold", self.tiers.cold.compression)
            self._reserve = Reserve(self.folder)
            self._ledger = self._reserve.lend(lambda: Ledger(self.folder, files, sync))
            opened.callback(self._ledger.close)
            self._hot = make_hot(self.tiers.hot, self._ledger.store, time.monotonic)
            opened.callback(self._hot.close)
            self._moves = Moves(self._ledger, self.tiers)
            self._writer = Writer(self._ledger, self._hot, self._moves)
            self._guard = Guard(self._ledger, self.tiers.cold.ttl, clock)
            self._query = Query(self._ledger, self._hot, self._alive)
            self._flushed = self._guard.now()
            self._schedulers: list[BackgroundScheduler] = []
            self._opened = opened.pop_all()
            heed_forks(self)

    def put(self, record: Mapping[str, Any]) -> str:
        """Store a record, instead of any of the same id; its id, once it is safe."""
        return self.put_many([record])[0]

    store = put

    def put_many(self, records: Iterable[Mapping[str, Any]]) -> list[str]:
        """Store records; each batch of 256 is stored whole, or not at all if it raises.

        Nothing is stored if one of them is no record.
        """
        # a clock that is behind makes no record old; one that was ahead lasts no longer
        now, touched = self._guard.now(), self._guard.stamp()
        new = [checked(record, now) for record in several("records", records)]
        pairs = [(record, encoded(record)) for record in new]
        for at in range(0, len(pairs), BATCH):
            self._writer.put(pairs[at : at + BATCH], now, touched)
        self._flush_if_due(now)
        return [record["id"] for record in new]

    def get(self, id: str) -> Record | None:
        """The record, which counts as used and becomes hot; None if there is none.

        `DamagedFile` if it is in a cold file that cannot be read.
        """
        check_id(id)
        now = self._guard.now()
        held = self._hot.get(id, now)
        if held is not None and (self._hot.exact or held.version == self._version(id)):
            self.hits += 1
            self._use(id, now)
            return held.record
        self.misses += 1
        mark = self._hot.mark(id)
        with self._ledger.read() as db:
            row = self._ledger.find(db, id=id)
        if row is None or not self._alive(row[2], now):
            return None
        body = self._ledger.body(row)
        if body is None:
            return None
        record = decoded(body)
        self._hot.put([(Held(row[1], record), body)], now, mark=mark)
        self._use(id, now)
        return record

    def delete(self, id: str) -> bool:
        """Remove a record; whether there was one."""
        check_id(id)
        self._used.pop(id, None)
        return bool(self._remove("id = ?", [(id,)]))

    def create_index(self, field: str) -> bool:
        """Index a field of all records, so that filters on it look at few; False if
        it was. Readers go on meanwhile, writers wait."""
        if not isinstance(field, str):
            raise TypeError(f"a field's name is a str, got {type(field).__name__}")
        if not field or field.startswith("$") or not is_utf8(field):
            raise ValueError(f"{field!r} is not the name of a field")
        return self._ledger.make_index(field)

    def retrieve(
        self,
        filter: Mapping[str, Any] | None = None,
        limit: int | None = None,
        use_index: bool = True,
        projection: Sequence[str] | None = None,
        *,
        newest_first: bool = False,
    ) -> list[Record]:
        """Up to `limit` records that pass `filter`, with the fields of `projection`.

        They come in the order of the index that led to them, else as first stored;
        with `newest_first` those stored last come first. It counts as no use of them.
        Those in a damaged file are left out and logged.
        """
        now = self._guard.now()
        return self._query.retrieve(
            filter, limit, use_index, projection, now, newest_first
        )

    def retrieve_all(self) -> Iterator[Record]:
        """Every record, as first stored, few at a time; for anything but a copy of
        all, `retrieve` with a filter is faster."""
        return self._query.everything(self._guard.now)

    def explain(
        self, filter: Mapping[str, Any] | None = None, use_index: bool = True
    ) -> Plan:
        """How `retrieve` would find these; print it."""
        return self._query.explain(filter, use_index)

    def delete_where(self, filter: Mapping[str, Any]) -> int:
        """Remove all records that pass, in small batches; how many there were.

        A record that changes meanwhile stays. Killed on the way, the rest is left.
        """
        if not filter:
            raise ValueError("an empty filter would remove everything; name a field")
        return sum(
            len(self._remove("key = ? AND version = ?", page))
            for page in self._query.keys(filter, self._guard.now())
        )

    def flush(self, wait: bool = True) -> None:
        """Write down which records were got lately; of those the cold become warm."""
        used, self._used = self._used, {}
        self._flushed = self._guard.now()
        try:
            self._moves.touch(dict(list(used.items())), wait)
        except BaseException:
            self._used = used | self._used
            raise

    def cleanup(
        self, now: float | None = None, older_than: float | None = None
    ) -> dict[str, int]:
        """Move and remove what is too old, in small batches; how many of each.

        `older_than` removes records whose `timestamp` is that many seconds back, too.
        A clock out of line raises `ClockJumped` once; a `now` that is given does not.
        """
        if older_than is not None:
            positive("older_than", older_than)
        work = partial(self._cleaned, now, older_than)
        counts = self._reserve.lend(work, self._ledger.checkpoint)
        self._reserve.fill()
        return counts

    def schedule_cleanup(
        self,
        every: float | None = None,
        at: str | None = None,
        older_than: float | None = None,
    ) -> BackgroundScheduler:
        """Clean up `every` so many seconds, or daily `at` "02:00", until `close`.

        What goes wrong is logged and counted, and tried again the next time.
        """

        len(self)  # an error now if this is closed, and not in the log for ever

        def work() -> None:
            try:
                self.cleanup(older_than=older_than)
            except (StoreError, ValueError, OSError):
                _log.exception("the cleanup of %s failed", self.folder)
                self.failed_cleanups += 1

        self._schedulers.append(schedule(work, every, at))
        return self._schedulers[-1]

    def stats(self) -> dict[str, dict[str, Any]]:
        """Each tier's records and bytes, hits, moves and errors.

        Bytes are memory in hot (of the server, for Redis), JSON in warm, files in cold.
        """
        hot = {
            "backend": self.tiers.hot.backend,
            **self._hot.stats(),
            "hits": self.hits,
            "misses": self.misses,
        }
        moved = dict(self._moves.counts)
        warm = {"backend": self.tiers.warm.backend, **self._ledger.warm_stats()}
        cold = {"backend": self.tiers.cold.backend, **self._ledger.cold_stats()}
        return {
            "hot_tier": hot,
            "warm_tier": warm | {"demoted": moved.pop("demoted")},
            "cold_tier": cold | moved | {"failed_cleanups": self.failed_cleanups},
        }

    def verify(self) -> list[str]:
        """Report faults of the files on disk, a sentence each; it reads them all."""
        return problems(self._ledger)

    def close(self) -> None:
        """Stop the schedules, write down what was got, and let go of the folder."""
        with self._opened:
            while self._schedulers:
                self._schedulers.pop().shutdown(wait=True)
            if self._used:
                with suppress(StoreError):
                    self.flush()

    def __enter__(self) -> "MemoryManager":
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def __len__(self) -> int:
        """Records on disk, those that are too old and not yet removed included."""
        return self._ledger.count()

    def forked(self) -> None:
        """Refuse all work, in a process that was forked from the one this is of."""
        parts = ("_hot", "_ledger", "_moves", "_writer", "_guard", "_query", "_reserve")
        disown(self, self.folder, (*parts, "_opened"))
        self._opened, self._schedulers, self._used = ExitStack(), [], {}

    def _remove(self, where: str, rows: Sequence[tuple[Any, ...]]) -> list[str]:
        """Delete what meets `where`, also where the disk is full."""
        work = partial(self._writer.delete, where, rows)
        return self._reserve.lend(work, self._ledger.checkpoint)

    def _cleaned(self, now: float | None, older_than: float | None) -> dict[str, int]:
        self.flush()
        now = self._guard.check(now)
        self._hot.expire(now)
        counts = self._moves.clean(now, self._hot.drop)
        old = None if older_than is None else {"timestamp": {"$lt": now - older_than}}
        return counts | {"removed": self.delete_where(old) if old else 0}

    def _version(self, id: str) -> int | None:
        with self._ledger.read() as db:
            row = db.execute(
                "SELECT version FROM records WHERE id = ?", (id,)
            ).fetchone()
        return None if row is None else row[0]

    def _alive(self, touched: float, now: float) -> bool:
        return now - touched < self.tiers.cold.ttl

    def _use(self, id: str, now: float) -> None:
        self._used[id] = now
        self._flush_if_due(now)

    def _flush_if_due(self, now: float) -> None:
        due = len(self._used) >= FLUSH_AFTER or abs(now - self._flushed) >= FLUSH_S
        if self._used and due:
            # a reader neither waits for it nor fails of it: the next one will do it
            with suppress(StoreError):
                self.flush(wait=False)
