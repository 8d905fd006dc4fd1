"""The hot tier in this process: the latest records, ready to be handed out."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from session1.caching.snapshot import copied
from session1.extras import need
from session1.memory.tiers.record import Record, footprint, is_flat

_OVERHEAD = 360  # bytes: the entry, its two places, its numbers
_MARKS = 256


class Held(NamedTuple):
    """A record and the version that the ledger gave it."""

    version: int
    record: Record


class Hot(Protocol):
    """A cache in front of the ledger: it may forget anything at any time.

    `exact` says that it never holds what the ledger does not: whoever has it need not
    compare versions.
    """

    exact: bool

    def get(self, id: str, now: float) -> Held | None: ...
    def peek(self, versions: Sequence[int], now: float) -> "Sequence[Entry | None]": ...
    def mark(self, id: str) -> int: ...
    def put(
        self,
        pairs: Iterable[tuple[Held, bytes]],
        now: float,
        *,
        mark: int | None = None,
    ) -> None: ...
    def drop(self, ids: Iterable[str]) -> None: ...
    def expire(self, now: float) -> None: ...
    def stats(self) -> dict[str, Any]: ...
    def close(self) -> None: ...


@dataclass(slots=True, eq=False)
class Entry:
    """A record's entry: when it came or was last used, and its size."""

    version: int
    touched: float
    size: int
    flat: bool
    record: Record


def taken(
    entries: Iterable[Entry], fields: Sequence[str] | None = None
) -> list[Record]:
    """Copies that are the caller's own, of `fields` only if they are given."""
    if fields is None:
        return [e.record.copy() if e.flat else copied(e.record) for e in entries]
    return [
        some if e.flat else copied(some)
        for e in entries
        for some in ({f: e.record[f] for f in fields if f in e.record},)
    ]


class HotMemory:
    """At most `max_bytes` of records, each for `ttl` seconds after its last use.

    Least recently used leaves first. Thread-safe.
    """

    exact = True

    def __init__(self, ttl: float, max_bytes: float) -> None:
        self.ttl = ttl
        self.max_bytes = max_bytes
        self.bytes = 0
        self.evicted = 0
        self._entries: OrderedDict[str, Entry] = OrderedDict()
        self._by_version: dict[int, Entry] = {}
        self._lock = threading.Lock()
        # counts of changes, by a few bits of the id: see `mark`
        self._changes = [0] * _MARKS

    def get(self, id: str, now: float) -> Held | None:
        """The record, which counts as used now; None if it is not here, or too old."""
        with self._lock:
            entry = self._entries.get(id)
            if entry is None:
                return None
            if not self._fresh(entry, now):
                self._remove(id)
                return None
            entry.touched = now
            self._entries.move_to_end(id)
        return Held(entry.version, taken([entry])[0])

    def peek(self, versions: Sequence[int], now: float) -> list[Entry | None]:
        """Each version's entry, None if it is not here; it counts as no use of them."""
        oldest, get = now - self.ttl, self._by_version.get
        with self._lock:
            return [
                e if (e := get(v)) is not None and oldest < e.touched <= now else None
                for v in versions
            ]

    def mark(self, id: str) -> int:
        """Take this before reading the ledger and give it to `put`.

        `put` then does nothing if the record was changed or deleted meanwhile: what
        was read may be what it had been before.
        """
        return self._changes[hash(id) % _MARKS]

    def put(
        self,
        pairs: Iterable[tuple[Held, bytes]],
        now: float,
        *,
        mark: int | None = None,
    ) -> None:
        """Keep records that were stored, or, with a `mark`, one that was read."""
        for held, _ in pairs:
            self._keep(held, now, mark)

    def _keep(self, held: Held, now: float, mark: int | None) -> None:
        record, id = held.record, held.record["id"]
        flat = is_flat(record)
        size = footprint(record) + _OVERHEAD
        own = record.copy() if flat else copied(record)
        entry = Entry(held.version, now, size, flat, own)
        with self._lock:
            if mark is None:
                self._changes[hash(id) % _MARKS] += 1
            elif mark != self._changes[hash(id) % _MARKS]:
                return
            self._remove(id)
            if size > self.max_bytes:
                return
            self._entries[id] = self._by_version[held.version] = entry
            self.bytes += size
            while self.bytes > self.max_bytes:
                self._remove(next(iter(self._entries)))
                self.evicted += 1

    def drop(self, ids: Iterable[str]) -> None:
        """Forget records that were deleted."""
        with self._lock:
            for id in ids:
                self._changes[hash(id) % _MARKS] += 1
                self._remove(id)

    def expire(self, now: float) -> None:
        """Forget what is too old; the least recently used are the oldest."""
        with self._lock:
            while self._entries:
                id, entry = next(iter(self._entries.items()))
                if self._fresh(entry, now):
                    return
                self._remove(id)

    def stats(self) -> dict[str, Any]:
        """The contents, in records and bytes of memory."""
        return {
            "records": len(self._entries),
            "bytes": self.bytes,
            "evicted": self.evicted,
            "errors": 0,
        }

    def close(self) -> None:
        """Forget everything."""
        with self._lock:
            self._entries.clear()
            self._by_version.clear()
            self.bytes = 0

    def _fresh(self, entry: Entry, now: float) -> bool:
        # a clock that went back costs a look at the ledger, never an old answer
        return now - self.ttl < entry.touched <= now

    def _remove(self, id: str) -> None:
        entry = self._entries.pop(id, None)
        if entry is not None:
            del self._by_version[entry.version]
            self.bytes -= entry.size


def make_hot(tier: Any, store: str, steady: Callable[[], float]) -> Hot:
    """The hot tier of the backend that the settings name."""
    if tier.backend == "memory":
        return HotMemory(tier.ttl, tier.max_bytes)
    # imported here: whoever keeps records in memory need neither have it nor wait
    need("redis", "servers")
    from session1.memory.tiers.hot_redis import HotRedis

    return HotRedis(tier.url, store, tier.ttl, tier.max_bytes, steady)
