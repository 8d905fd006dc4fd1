"""`cachebox` where its compiled core cannot be had: as much of it as is used."""

from collections import OrderedDict
from typing import Any


class LRUCache(OrderedDict[Any, Any]):
    """A dict of at most `maxsize` entries; the one unused for longest goes first."""

    def __class_getitem__(cls, _types: Any) -> Any:
        return cls

    def __init__(self, maxsize: int, *_: Any, **__: Any) -> None:
        super().__init__()
        self.maxsize = maxsize

    def __getitem__(self, key: Any) -> Any:
        value = super().__getitem__(key)
        self.move_to_end(key)
        return value

    def get(self, key: Any, default: Any = None) -> Any:
        """The value, which counts as a use."""
        try:
            return self[key]
        except KeyError:
            return default

    def __contains__(self, key: Any) -> bool:
        """Whether the key is there; asking counts as a use."""
        found = super().__contains__(key)
        if found:
            self.move_to_end(key)
        return found

    def __setitem__(self, key: Any, value: Any) -> None:
        super().__setitem__(key, value)
        self.move_to_end(key)
        while len(self) > self.maxsize:
            self.popitem()

    def insert(self, key: Any, value: Any) -> Any:
        """Set a value and return the one before."""
        before = self.peek(key)
        self[key] = value
        return before

    def peek(self, key: Any, default: Any = None) -> Any:
        """The value, without a use."""
        try:
            return super().__getitem__(key)
        except KeyError:
            return default

    def pop(self, key: Any, *default: Any) -> Any:
        """Remove and return a value."""
        try:
            value = super().__getitem__(key)
        except KeyError:
            if default:
                return default[0]
            raise
        del self[key]
        return value

    def popitem(self, last: bool = False) -> tuple[Any, Any]:
        """Remove the entry that was unused for longest."""
        key = next(reversed(self) if last else iter(self))
        return key, self.pop(key)

    def least_recently_used(self) -> Any:
        """The key that would go next."""
        if not len(self):
            raise KeyError("cache is empty")
        return next(iter(self))

    def is_full(self) -> bool:
        """Whether the next entry pushes one out."""
        return len(self) >= self.maxsize

    def drain(self, n: int) -> int:
        """Remove up to `n` entries."""
        gone = min(n, len(self))
        for _ in range(gone):
            self.popitem()
        return gone

    def items(self) -> Any:
        """A copy of the entries, without a use."""
        return [(key, self.peek(key)) for key in self]

    def values(self) -> Any:
        """A copy of the values, without a use."""
        return [self.peek(key) for key in self]

    def keys(self) -> Any:
        """A copy of the keys."""
        return list(self)
