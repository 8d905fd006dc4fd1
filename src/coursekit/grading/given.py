"""What the judge hands to the learner's side, and what may be done with it there."""

import inspect
import itertools
import operator
import random
from collections.abc import Awaitable, Callable
from types import SimpleNamespace
from typing import Any

from coursekit.counting import CountedEntry, CountedList, is_counted
from coursekit.grading.codec import Ref, Tampered, encode
from session1 import virtual_time

MANY = 500_000
COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    "lt": operator.lt,
    "le": operator.le,
    "gt": operator.gt,
    "ge": operator.ge,
    "eq": operator.eq,
    "ne": operator.ne,
}


def is_async(value: Any) -> bool:
    """Whether calling `value` gives a coroutine."""
    call = getattr(type(value), "__call__", None)
    return inspect.iscoroutinefunction(value) or inspect.iscoroutinefunction(call)


def public(value: Any) -> list[str]:
    """Names that learner code may use on an object: its class's own public ones."""
    cls = type(value)
    fields = getattr(cls, "__annotations__", {})
    return [name for name in {*dir(cls), *fields} if not name.startswith("_")]


class Given:
    """The judge's objects that learner code has, by number, until the exercise ends."""

    def __init__(self) -> None:
        self._objects: dict[int, Any] = {}
        self._allowed: dict[int, frozenset[str]] = {}
        self._known: dict[int, int] = {}
        self._hashes: dict[Any, int] = {}
        self._numbers = itertools.count()

    def clear(self) -> None:
        """Forget all; their numbers are not used again."""
        for table in (self._objects, self._allowed, self._known, self._hashes):
            table.clear()

    def object(self, number: Any) -> Any:
        """The object of a number; Tampered for one that was not given."""
        if type(number) is not int or number not in self._objects:
            raise Tampered("nothing of that number was handed over")
        return self._objects[number]

    def describe(self, value: Any, ref: Ref) -> list[Any]:
        """The tree that stands for `value` on the learner's side."""
        if type(value) is CountedList:
            return encode(list(list.__iter__(value)), ref)
        if id(value) in self._known:
            return ["n", self._known[id(value)]]
        if len(self._objects) >= MANY:
            raise Tampered("learner code took more objects than it can use")
        number = next(self._numbers)
        self._objects[number], self._known[id(value)] = value, number
        if type(value) is SimpleNamespace:
            return ["o", number, encode(vars(value), ref)]
        return ["n", number, *self._kind(value, number)]

    def _kind(self, value: Any, number: int) -> list[Any]:
        name = getattr(value, "__name__", type(value).__name__)
        if type(value) is CountedEntry:
            return ["entry", "entry"]
        if is_counted(value):
            return ["sorts", "score"]
        if inspect.isawaitable(value):
            return ["wait", name]
        if callable(value):
            return ["async" if is_async(value) else "call", name]
        self._allowed[number] = frozenset(public(value))
        return ["object", name, sorted(self._allowed[number])]

    def serve(self, message: list[Any], unpack: Ref) -> Any:
        """Do what learner code asks for with an object it was given."""
        op, number, *rest = message
        value = self.object(number)
        if op == "a":
            return self._attribute(number, value, *rest)
        if op in COMPARE and is_counted(value):
            return bool(COMPARE[op](value, unpack(rest[0])))
        if op == "hash" and is_counted(value):
            return self._hashes.setdefault(value, random.getrandbits(60))
        if op == "call" and callable(value) and not is_async(value):
            args, kwargs = map(unpack, rest)
            return value(*args, **kwargs)
        if op == "alone":
            return virtual_time.run(lambda: self.start(number, *rest, unpack)).value
        raise Tampered("no such request")

    def start(self, number: Any, args: Any, kwargs: Any, unpack: Ref) -> Awaitable[Any]:
        """What learner code awaits: a call of an async function, or an awaitable."""
        value = self.object(number)
        if inspect.isawaitable(value):
            return value
        if not is_async(value):
            raise Tampered("nothing to wait for")
        made: Awaitable[Any] = value(*unpack(args), **unpack(kwargs))
        return made

    def _attribute(self, number: int, value: Any, name: Any) -> Any:
        if type(name) is not str or name.startswith("_"):
            raise AttributeError(f"there is no {str(name)[:40]!r} here")
        if type(value) is not CountedEntry and name not in self._allowed.get(
            number, ()
        ):
            raise AttributeError(f"{type(value).__name__!r} has no {name[:40]!r}")
        return getattr(value, name)
