"""`rpds` in plain Python: the maps that `jsonschema` looks references up in."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any


class HashTrieMap(Mapping[Any, Any]):
    """A dict that is copied where it changes."""

    def __init__(self, value: Any = (), **more: Any) -> None:
        self._held = dict(value, **more)

    def __getitem__(self, key: Any) -> Any:
        return self._held[key]

    def __iter__(self) -> Iterator[Any]:
        return iter(self._held)

    def __len__(self) -> int:
        return len(self._held)

    def __hash__(self) -> int:
        return hash(frozenset(self._held.items()))

    @classmethod
    def convert(cls, value: Any) -> "HashTrieMap":
        """Such a map with the entries of any other."""
        return value if isinstance(value, cls) else cls(value)

    def insert(self, key: Any, value: Any) -> "HashTrieMap":
        """A copy with one entry more."""
        return HashTrieMap({**self._held, key: value})

    def remove(self, key: Any) -> "HashTrieMap":
        """A copy without a key; KeyError if it is not there."""
        self[key]
        return HashTrieMap({k: v for k, v in self._held.items() if k != key})

    def update(self, *maps: Any, **more: Any) -> "HashTrieMap":
        """A copy with the entries of others."""
        held = dict(self._held)
        for one in maps:
            held.update(one)
        return HashTrieMap({**held, **more})


class HashTrieSet(frozenset[Any]):
    """A set that is copied where it changes."""

    def insert(self, value: Any) -> "HashTrieSet":
        """A copy with one value more."""
        return HashTrieSet({*self, value})

    def update(self, *others: Iterable[Any]) -> "HashTrieSet":
        """A copy with the values of others."""
        return HashTrieSet(self.union(*others))


class List(tuple[Any, ...]):
    """A list that is copied where it changes."""

    def __new__(cls, *values: Any) -> "List":
        return super().__new__(cls, values[0] if len(values) == 1 else values)

    def push_front(self, value: Any) -> "List":
        """A copy with a value before the others."""
        return List((value, *self))
