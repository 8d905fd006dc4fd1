"""Lists, dicts and sets that both sides hold: numbered alike, kept alike."""

import copy
import operator
from collections import OrderedDict
from collections.abc import Callable, Iterable
from typing import Any

from coursekit.judge.codec import ATOMS, DEPTH

HELD = (list, dict, set)
KEPT = 100  # values whose containers are remembered


def containers(values: Iterable[Any], depth: int = DEPTH) -> list[Any]:
    """The lists, dicts and sets in `values` and inside each other; tuples stay shut.

    Each comes before its parts, so that both sides number them alike.
    """
    found: list[Any] = []
    for value in values:
        if isinstance(value, HELD):
            found.append(value)
            if depth:
                found += containers(_parts(value), depth - 1)
    return found


def _parts(value: Any) -> Iterable[Any]:
    if isinstance(value, set):
        return ()
    if isinstance(value, dict):
        return list(value.values())
    # a counted list would count this as reads
    parts = list(list.__iter__(value))
    # thousands of atoms are passed over at once
    return parts if any(issubclass(k, HELD) for k in set(map(type, parts))) else ()


def is_as(value: Any, before: Any) -> bool:
    """Whether a container still holds the very objects that its copy holds."""
    if len(value) != len(before):
        return False
    if isinstance(value, set):
        return all(item in value for item in before)
    if isinstance(value, dict):
        values = map(operator.is_, value.values(), before.values())
        return all(map(operator.is_, value, before)) and all(values)
    return all(map(operator.is_, value, before))


class Handed:
    """The containers in the last values that crossed, by the number of the message."""

    def __init__(self) -> None:
        self._found: OrderedDict[str, list[Any]] = OrderedDict()
        self._places: dict[int, tuple[str, int]] = {}

    def keep_args(self, key: str, args: list[Any]) -> None:
        """Remember the containers in the arguments of a call; plain ones have none.

        Both sides leave out the same calls, and so forget the same ones.
        """
        if not ATOMS.issuperset(map(type, args)):
            self.keep(f"args of {key}", args)

    def keep(self, key: str, value: Any) -> Any:
        """Remember the containers in `value`; returns `value`."""
        if not isinstance(value, HELD):
            return value
        found = containers([value])
        self._found[key] = found
        self._places |= {id(c): (key, i) for i, c in enumerate(found)}
        if len(self._found) > KEPT:
            self._forget(*self._found.popitem(last=False))
        return value

    def _forget(self, key: str, found: list[Any]) -> None:
        for each in found:
            if self._places.get(id(each), ("", 0))[0] == key:
                del self._places[id(each)]

    def place(self, value: Any) -> list[Any] | None:
        """Where the other side finds its copy of a container."""
        found = self._places.get(id(value))
        return None if found is None else list(found)

    def at(self, key: str, place: int) -> Any:
        """The container at a place; KeyError when it is no longer known."""
        return self._found[key][place]

    def clear(self) -> None:
        """Forget all."""
        self._found.clear()
        self._places.clear()


def call(
    fn: Callable[..., Any], args: list[Any], kwargs: dict[str, Any]
) -> tuple[Any, list[tuple[int, Any]]]:
    """Call `fn`; return its result and the arguments it changed, with their places."""
    held = containers([*args, *kwargs.values()])
    before = [copy.copy(each) for each in held]
    value = fn(*args, **kwargs)
    pairs = enumerate(zip(held, before, strict=True))
    return value, [(place, now) for place, (now, old) in pairs if not is_as(now, old)]


def refill(mine: Any, content: Any) -> None:
    """Give one of our containers the content that its copy has now."""
    if isinstance(mine, list):
        mine[:] = list(content)
        return
    made: Any = dict(content) if isinstance(mine, dict) else set(content)
    mine.clear()
    mine.update(made)
