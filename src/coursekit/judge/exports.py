"""Objects that the judge hands to the learner's side, and their permitted uses."""

import inspect
import itertools
import operator
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from types import SimpleNamespace
from typing import Any

from coursekit.core.counting import CountedEntry, CountedList, counts_of, is_counted
from coursekit.judge.codec import Ref, Tampered, encode
from coursekit.judge.exceptions import advance
from coursekit.judge.framing import COMPARE, ONE, TWO

LATE = "this was used after its use was counted: do the work before you return"
OPERATORS: dict[bytes, Callable[[Any, Any], Any]] = {
    code: getattr(operator, name) for name, code in COMPARE.items()
}


def is_async(value: Any) -> bool:
    """Whether calling `value` gives a coroutine."""
    call = getattr(type(value), "__call__", None)  # noqa: B004
    return inspect.iscoroutinefunction(value) or inspect.iscoroutinefunction(call)


def public(value: Any) -> list[str]:
    """Names that learner code may use on an object: its class's own public ones."""
    cls = type(value)
    fields = getattr(cls, "__annotations__", {})
    return [name for name in {*dir(cls), *fields} if not name.startswith("_")]


class Exports:
    """The judge's objects that learner code has, by number, until the exercise ends."""

    def __init__(self) -> None:
        self._objects: dict[int, Any] = {}
        self._allowed: dict[int, frozenset[str]] = {}
        self._known: dict[int, int] = {}
        self._hashes: dict[int, int] = {}
        self._numbers = itertools.count()
        self._past = 0

    def __len__(self) -> int:
        return len(self._objects)

    def clear(self) -> None:
        """Forget all; their numbers are not used again."""
        self._past = next(self._numbers)
        for table in (self._objects, self._allowed, self._known, self._hashes):
            table.clear()

    def object(self, number: Any) -> Any:
        """The object of a number; Tampered for one that was not given.

        LookupError for one of an exercise that is over, which a thread may still have.
        """
        if type(number) is int and number in self._objects:
            return self._objects[number]
        if type(number) is int and 0 <= number < self._past:
            raise LookupError("the exercise it was handed over for has ended")
        raise Tampered("nothing of that number was handed over")

    def describe(self, value: Any, ref: Ref) -> list[Any]:
        """The tree that stands for `value` on the learner's side."""
        if type(value) is CountedList:
            return encode(list(list.__iter__(value)), ref)
        if id(value) in self._known:
            return ["n", self._known[id(value)]]
        number = self.number(value)
        if type(value) is SimpleNamespace:
            return ["o", number, encode(vars(value), ref)]
        return ["n", number, *self._kind(value, number)]

    def number(self, value: Any) -> int:
        """The number by which the learner's side gives `value` back."""
        if id(value) not in self._known:
            number = next(self._numbers)
            self._objects[number], self._known[id(value)] = value, number
        return self._known[id(value)]

    def _kind(self, value: Any, number: int) -> list[Any]:
        """How `value` is used, without its name, which would give a stand-in away."""
        if type(value) is CountedEntry:
            return ["entry"]
        if type(value) is object:
            return ["bare"]
        if is_counted(value):
            return ["sorts"]
        if inspect.isawaitable(value):
            return ["wait"]
        if callable(value):
            return ["async" if is_async(value) else "call"]
        self._allowed[number] = frozenset(public(value))
        kind = "stream" if isinstance(value, AsyncIterator) else "object"
        return [kind, sorted(self._allowed[number])]

    def serve(self, message: list[Any], unpack: Ref) -> Any:
        """Do what learner code asks for with an object it was given."""
        if len(message) not in (2, 3, 4):
            raise Tampered("no request")
        op, number, *rest = message
        value = self.object(number)
        if op == "attr":
            return self._attribute(number, value, rest[-1:])
        if op in COMPARE and is_counted(value):
            _in_time(value)
            return bool(getattr(operator, op)(value, unpack(rest[-1])))
        if op == "hash" and is_counted(value):
            return self._hashes.setdefault(hash(value), secrets.randbits(60))
        if op == "call" and callable(value) and not is_async(value):
            args, kwargs = _arguments(rest, unpack)
            return value(*args, **kwargs)
        raise Tampered("no such request")

    def read(self, frame: bytes) -> Any:
        """An attribute that learner code reads from a counted entry."""
        _, number = ONE.unpack_from(frame)
        entry, name = self.object(number), frame[ONE.size :].decode()
        if type(entry) is not CountedEntry or name.startswith("_"):
            raise AttributeError(f"there is no {name[:40]!r} here")
        _in_time(entry)
        return getattr(entry, name)

    def compare(self, frame: bytes) -> bool:
        """A comparison of two counted values."""
        op, left, right = TWO.unpack(frame)
        mine, other = self.object(left), self.object(right)
        if not (is_counted(mine) and is_counted(other)):
            raise Tampered("nothing to compare")
        _in_time(mine)
        _in_time(other)
        return bool(OPERATORS[op](mine, other))

    def start(self, number: Any, args: Any, kwargs: Any, unpack: Ref) -> Awaitable[Any]:
        """Start what learner code awaits: an async function's call, or an awaitable.

        Or the next item of an asynchronous iterator.
        """
        value = self.object(number)
        if inspect.isawaitable(value):
            return value
        if isinstance(value, AsyncIterator):
            return advance(value)
        if not is_async(value):
            raise Tampered("nothing to wait for")
        args, kwargs = _arguments([args, kwargs], unpack)
        made: Awaitable[Any] = value(*args, **kwargs)
        return made

    def _attribute(self, number: int, value: Any, names: list[Any]) -> Any:
        name = names[0] if names and type(names[0]) is str else "_"
        allowed = self._allowed.get(number, frozenset())
        if name not in allowed:
            raise AttributeError(f"there is no {name[:40]!r} here")
        return getattr(value, name)


def _in_time(counted: Any) -> None:
    if counts_of(counted).told:
        raise LookupError(LATE)


def _arguments(trees: list[Any], unpack: Ref) -> tuple[list[Any], dict[str, Any]]:
    args, kwargs = map(unpack, trees)
    if type(args) is not list or type(kwargs) is not dict:
        raise Tampered("no arguments")
    return args, kwargs
