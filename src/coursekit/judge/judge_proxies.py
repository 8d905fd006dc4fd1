"""Proxies, in the learner's process, for objects that the judge exports."""

import asyncio
from collections.abc import Callable
from typing import Any

from coursekit.judge.channel import LearnerChannel
from coursekit.judge.framing import COMPARE, ONE, READ, TWO
from coursekit.judge.learner_loop import LearnerLoop


def _call(link: LearnerChannel, number: int) -> Any:
    def function(*args: Any, **kwargs: Any) -> Any:
        return link.ask(["call", number, *link.pack_call(args, kwargs)])

    return _nameless(function)


def _async(link: LearnerChannel, number: int) -> Any:
    async def function(*args: Any, **kwargs: Any) -> Any:
        trees = link.pack_call(args, kwargs)
        loop = getattr(link.here, "loop", None)
        if isinstance(loop, LearnerLoop) and asyncio.get_running_loop() is loop:
            return await loop.judge(number, *trees)
        return link.ask(["alone", number, *trees])

    return _nameless(function)


def _wait(link: LearnerChannel, number: int) -> Any:
    return _async(link, number)()


def _nameless(function: Any) -> Any:
    function.__qualname__ = function.__name__
    return function


class Entry:
    """An object whose attributes are read from the judge, who counts."""

    __slots__ = ("_near_link", "_near_number")

    def __init__(self, link: LearnerChannel, number: int) -> None:
        self._near_link, self._near_number = link, number

    def __getattr__(self, name: str) -> Any:
        frame = ONE.pack(READ, self._near_number) + name.encode()
        return self._near_link.counted(frame)

    def __repr__(self) -> str:
        return f"<entry {self._near_number}>"


class Object(Entry):
    """An object of the judge's: its public attributes and methods."""

    __slots__ = ("_near_names",)

    def __init__(self, link: LearnerChannel, number: int, names: list[str]) -> None:
        super().__init__(link, number)
        self._near_names = names

    def __getattr__(self, name: str) -> Any:
        return self._near_link.ask(["attr", self._near_number, name])

    def __dir__(self) -> list[str]:
        return self._near_names

    def __repr__(self) -> str:
        return "<object>"


class AsyncItems(Object):
    """An asynchronous iterator of the judge's."""

    __slots__ = ("_near_next",)

    def __init__(self, link: LearnerChannel, number: int, names: list[str]) -> None:
        super().__init__(link, number, names)
        self._near_next = _async(link, number)

    def __aiter__(self) -> "AsyncItems":
        return self

    async def __anext__(self) -> Any:
        found = await self._near_next()
        if not found:
            raise StopAsyncIteration
        return found[0]

    def __repr__(self) -> str:
        return "<stream>"


def _compare(op: str) -> Callable[[Any, Any], Any]:
    code = COMPARE[op]

    def method(self: "Score", other: Any) -> Any:
        link = self._near_link
        if type(other) is Score:
            frame = TWO.pack(code, self._near_number, other._near_number)
            return link.counted(frame)
        return link.ask([op, self._near_number, link.pack(other)])

    return method


class Score:
    """A value to sort by: the judge compares and counts. It has no other use."""

    __slots__ = ("_near_link", "_near_number")

    def __init__(self, link: LearnerChannel, number: int) -> None:
        self._near_link, self._near_number = link, number

    __lt__ = _compare("lt")
    __le__ = _compare("le")
    __gt__ = _compare("gt")
    __ge__ = _compare("ge")
    __eq__ = _compare("eq")
    __ne__ = _compare("ne")

    def __hash__(self) -> int:
        found: int = self._near_link.ask(["hash", self._near_number])
        return found

    def __repr__(self) -> str:
        return "<something that sorts>"


def _bare(link: LearnerChannel, number: int) -> object:
    return object()


MAKE: dict[str, Callable[..., Any]] = {
    "call": _call,
    "async": _async,
    "wait": _wait,
    "bare": _bare,
    "entry": Entry,
    "object": Object,
    "stream": AsyncItems,
    "sorts": Score,
}
