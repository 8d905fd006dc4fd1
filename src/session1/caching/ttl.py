"""A bounded cache whose entries expire: least recently used leaves first."""

import time
from collections.abc import Callable, Iterator
from typing import Any, Generic, TypeVar, cast

from cachebox import LRUCache

from session1.limits import number, whole

K = TypeVar("K")
V = TypeVar("V")


class TTLCache(Generic[K, V]):
    """At most `maxsize` entries, each served for less than `ttl` seconds.

    `on_evict(key, value)` hears of every entry that leaves by itself, expired or
    crowded out, so that an index kept beside the cache can follow.
    """

    __slots__ = ("_clock", "_entries", "_on_evict", "evicted", "expired", "ttl")

    def __init__(
        self,
        maxsize: int = 1000,
        ttl: float = 3600.0,
        *,
        clock: Callable[[], float] = time.monotonic,
        on_evict: Callable[[K, V], None] | None = None,
    ) -> None:
        if whole("maxsize", maxsize) < 1:
            raise ValueError(f"maxsize is {maxsize}; a cache holds at least 1 entry")
        if not number("ttl", ttl) > 0:
            raise ValueError(f"ttl is {ttl}; give the seconds an entry stays fresh")
        # An entry is (born, dies, value). It is served while born <= now < dies, so
        # that a clock that jumps, either way, costs a miss and never a stale answer.
        self._entries: LRUCache[K, tuple[float, float, V]] = LRUCache(maxsize)
        self._clock = clock
        self._on_evict = on_evict
        self.ttl = ttl
        self.evicted = 0
        self.expired = 0

    def get(self, key: K, default: Any = None) -> V | Any:
        """The fresh value under `key`, or `default`; O(1)."""
        try:
            born, dies, value = self._entries[key]
        except KeyError:
            return default
        if born <= self._clock() < dies:
            return value
        self._drop(key)
        self.expired += 1
        return default

    def peek(self, key: K, default: Any = None) -> V | Any:
        """Like `get`, but it counts as no use of the entry and drops nothing."""
        entry = self._entries.peek(key)
        fresh = entry is not None and entry[0] <= self._clock() < entry[1]
        return entry[2] if fresh else default

    def put(self, key: K, value: V) -> None:
        """Keep `value` for `ttl` seconds from now; O(1)."""
        now = self._clock()
        entries = self._entries
        self._sweep(now)
        if entries.is_full() and key not in entries:
            self._drop(self._coldest())
            self.evicted += 1
        entries.insert(key, (now, now + self.ttl, value))

    def pop(self, key: K, default: Any = None) -> V | Any:
        """Take `key` out and return its value, fresh or not, or `default`."""
        entry = self._entries.pop(key, None)
        return default if entry is None else entry[2]

    def clear(self) -> None:
        """Forget everything; `on_evict` is not called."""
        self._entries.clear()

    def __len__(self) -> int:
        """Entries held, the expired ones that nobody has asked for included."""
        return len(self._entries)

    def __contains__(self, key: K) -> bool:
        entry = self._entries.peek(key)
        return entry is not None and entry[0] <= self._clock() < entry[1]

    def __iter__(self) -> Iterator[K]:
        """Keys held, in no order that matters; a snapshot, safe to change under."""
        return iter(list(self._entries.keys()))

    def _sweep(self, now: float) -> None:
        """Drop up to two dead entries from the cold end.

        Whatever is colder than a dead entry was stored before that one died and so
        dies within one more ttl: the cold end is all that has to be looked at, and two
        out for each one in means that nothing dead is kept for longer than that.
        """
        for _ in range(2):
            if not self._entries:
                return
            key = self._coldest()
            born, dies, _value = self._entries.peek(key)
            if born <= now < dies:
                return
            self._drop(key)
            self.expired += 1

    def _coldest(self) -> K:
        return cast(K, self._entries.least_recently_used())

    def _drop(self, key: K) -> None:
        value = self._entries.pop(key)[2]
        if self._on_evict is not None:
            self._on_evict(key, value)
