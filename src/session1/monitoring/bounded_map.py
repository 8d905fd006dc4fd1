"""A map that makes what it lacks, up to a limit, and folds the rest into one."""

import threading
from collections.abc import Callable, Hashable, Iterator
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Capped(Generic[K, V]):
    """At most `limit` values by key, and those of `other(key)` for keys beyond.

    `other` names the key that takes a key's place once the map is full; these are
    few. `folded` counts how often one did. Safe to share between threads.
    """

    def __init__(
        self, limit: int, make: Callable[[K], V], other: Callable[[K], K]
    ) -> None:
        self._limit = limit
        self._make = make
        self._other = other
        self.known: dict[K, V] = {}
        self._full = 0  # keys of `other` do not count as used
        self._lock = threading.RLock()
        self.folded = 0

    def get(self, key: K) -> V:
        """The value for `key`, made now if it is new, or that of `other(key)`."""
        value = self.known.get(key)
        return self._new(key) if value is None else value

    def _new(self, key: K) -> V:
        with self._lock:
            value = self.known.get(key)
            if value is None and self._full >= self._limit:
                self.folded += 1
                key = self._other(key)
                value = self.known.get(key)
            elif value is None:
                self._full += 1
            if value is None:
                value = self.known.setdefault(key, self._make(key))
            return value

    def __len__(self) -> int:
        return len(self.known)

    def items(self) -> Iterator[tuple[K, V]]:
        """Keys and values as they are now."""
        with self._lock:
            return iter(list(self.known.items()))
