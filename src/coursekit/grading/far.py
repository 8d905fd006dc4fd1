"""The judge's end of the link: the learner's objects as handles that can be used."""

import functools
import itertools
import json
import marshal
import socket
from collections.abc import Coroutine, Iterator, Mapping
from typing import Any
from weakref import WeakValueDictionary

from coursekit.grading.codec import Tampered, TooLarge, decode, encode, is_raw
from coursekit.grading.given import Given
from coursekit.grading.held import containers, refill
from coursekit.grading.lockstep import Clock, JudgeLoop, running
from coursekit.grading.raised import retell, tell
from coursekit.grading.wire import Gone, Oversized, Wire

MOST = 8_000_000  # bytes of one frame from the learner
DEEP = 40  # calls within calls
TAKE = 64  # items of an iteration fetched at a time
ITEMS = 100_000  # items of one iteration
DROPS = 1_000  # handles let go of before the learner's side is told
LONG = 200  # characters of a learner's own `repr`


class Link:
    """Asks the learner's process and answers what it asks meanwhile.

    A break (the process ended, or sent what it should not) is kept in `broken`; from
    then on every use raises it again.
    """

    def __init__(self, sock: socket.socket) -> None:
        self.wire = Wire(sock, MOST)
        self.given = Given()
        self.broken: Gone | Tampered | None = None
        self._numbers = itertools.count()
        self._depth = 0
        self._early: dict[int, list[Any]] = {}
        self._fars: WeakValueDictionary[int, Far] = WeakValueDictionary()
        self._dropped: list[tuple[int, int]] = []

    def request(self, op: str, *rest: Any, quick: bool = False) -> list[Any]:
        """What the learner's side answers; its exceptions are raised here."""
        loop = running()
        if loop is not None and not loop.begun and not quick:
            loop.begin(self)
        if self._depth >= DEEP:
            raise RecursionError("calls to and fro are nested too deeply")
        number = next(self._numbers)
        self._depth += 1
        try:
            self.send(op, number, loop.time() if loop else 0.0, *rest)
            return self._reply(number)
        finally:
            self._depth -= 1

    def send(self, op: str, number: int, now: float, *rest: Any) -> None:
        """Send a message that asks for something."""
        drops, self._dropped = self._dropped, []
        self._send((op, number, now, drops, *rest))

    def _send(self, message: tuple[Any, ...]) -> None:
        if self.broken:
            raise self.broken
        try:
            self.wire.send(marshal.dumps(message, 2))
        except Gone as error:
            self.broken = error
            raise

    def _receive(self) -> list[Any]:
        if self.broken:
            raise self.broken
        try:
            message = json.loads(self.wire.receive())
            if type(message) is not list or not message:
                raise Tampered("no message")
            return message
        except (Gone, Tampered) as error:
            self.broken = error
        except (Oversized, ValueError, RecursionError) as error:
            self.broken = Tampered(f"{type(error).__name__} on the link")
        raise self.broken

    def _reply(self, number: int) -> list[Any]:
        while number not in self._early:
            message = self._receive()
            if message[0] not in ("=", "!"):
                self._serve(message)
                continue
            if len(message) < 3 or type(message[1]) is not int:
                raise self.tampered("no answer")
            if len(self._early) > DEEP:
                raise self.tampered("answers to nothing")
            self._early[message[1]] = message
        kind, _, *rest = self._early.pop(number)
        if kind == "!":
            raise self.error(rest[0])
        return rest

    def tampered(self, why: str) -> Tampered:
        """Mark the link as broken; returns what to raise."""
        broken = Tampered(why)
        self.broken = self.broken or broken
        return broken

    def error(self, told: Any) -> BaseException:
        """The exception that the learner's side told of."""
        try:
            return retell(told)
        except ValueError as error:
            return self.tampered(str(error))

    def _serve(self, message: list[Any]) -> None:
        """Answer something the learner's code asks of the judge."""
        try:
            answer = ("=", self.pack(self.given.serve(message, self.unpack)))
        except (Tampered, Gone) as error:
            self.broken = self.broken or error
            raise
        except BaseException as error:
            answer = ("!", self.told(error))
        self._send(answer)

    @staticmethod
    def told(error: BaseException) -> list[Any]:
        """An error of the judge's, for learner code to catch."""
        return tell(error, {})

    def pack(self, value: Any) -> Any:
        """A value for the learner's side: raw where marshal carries it."""
        if is_raw(value):
            return (value,)
        try:
            return encode(value, self._ref)
        except TooLarge:
            return self._ref(value)

    def _ref(self, value: Any) -> Any:
        if isinstance(value, Far):
            return ["f", value._Far__number]  # type: ignore[attr-defined]
        return self.given.describe(value, self._ref)

    def unpack(self, tree: Any) -> Any:
        """A value from the learner's side; Tampered when it is none."""
        try:
            return decode(tree, self._deref)
        except Tampered as error:
            self.broken = self.broken or error
            raise

    def _deref(self, tree: list[Any]) -> Any:
        if tree[0] == "n":
            return self.given.object(tree[1])
        if tree[0] != "f":
            raise ValueError("no such tag")
        _, number, traits, name = tree
        if type(number) is not int or not isinstance(traits, str):
            raise ValueError("no reference")
        far = self._fars.get(number)
        if far is None:
            far = _class(str(name)[:80], "w" in traits, "c" in traits)(self, number)
            self._fars[number] = far
        far._Far__seen += 1
        return far

    def drop(self, number: int, seen: int) -> None:
        """A handle is no longer used: the learner's side is told by and by."""
        self._dropped.append((number, seen))

    def call(self, number: int, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Call the learner's object; lists it changed are changed here too."""
        reply = self.request("call", number, self.pack(args), self.pack(kwargs))
        value, changed = self._pair(reply)
        if changed:
            mine = containers([*args, *kwargs.values()])
            for place, content in changed:
                if place not in range(len(mine)):
                    raise self.tampered("no such argument")
                refill(mine[place], self.unpack(content))
        return self.unpack(value)

    def _pair(self, reply: list[Any]) -> tuple[Any, list[tuple[int, Any]]]:
        try:
            value, changed = reply
            return value, [(int(place), content) for place, content in changed]
        except (TypeError, ValueError):
            raise self.tampered("no result") from None

    def ask(self, op: str, *rest: Any) -> Any:
        """A request whose answer is one value."""
        return self.unpack(self.request(op, *rest)[0])

    def new_loop(self) -> Clock:
        """A loop on which learner code and checks share one virtual clock."""
        return JudgeLoop(self)

    def end_exercise(self) -> str:
        """Let go of all that was handed over; returns what the learner's code printed.

        The learner's side then stops serving.
        """
        printed = self.ask("over")
        self.given.clear()
        self._early.clear()
        return printed if type(printed) is str else ""


class Far:
    """A handle on an object in the learner's process."""

    __slots__ = ("__link", "__number", "__seen", "__weakref__")

    def __init__(self, link: Link, number: int) -> None:
        self.__link, self.__number, self.__seen = link, number, 0

    def __del__(self) -> None:
        self.__link.drop(self.__number, self.__seen)

    def __ask(self, op: str, *args: Any) -> Any:
        link = self.__link
        return link.ask(op, self.__number, *(link.pack(a) for a in args))

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return self.__link.ask("attr", self.__number, name)

    def __len__(self) -> int:
        return _typed(self.__ask("len"), int)

    def __bool__(self) -> bool:
        return _typed(self.__ask("bool"), bool)

    def __hash__(self) -> int:
        return _typed(self.__ask("hash"), int)

    def __eq__(self, other: object) -> bool:
        return self is other or _typed(self.__ask("eq", other), bool)

    def __contains__(self, item: object) -> bool:
        return _typed(self.__ask("in", item), bool)

    def __getitem__(self, key: Any) -> Any:
        return self.__ask("item", key)

    def __setitem__(self, key: Any, value: Any) -> None:
        self.__ask("set", key, value)

    def __delitem__(self, key: Any) -> None:
        self.__ask("del", key)

    def __iter__(self) -> Iterator[Any]:
        walk = self.__ask("iter")
        for _ in range(ITEMS // TAKE):
            items = _typed(self.__link.ask("take", walk._Far__number, TAKE), list)
            yield from items
            if len(items) < TAKE:
                return
        raise ValueError(f"more than {ITEMS:,} items")

    def __repr__(self) -> str:
        try:
            return _typed(self.__ask("repr"), str)[:LONG]
        except Exception:
            return f"<{type(self).__name__}>"

    def __copy__(self) -> "Far":
        return self

    def __deepcopy__(self, memo: Any) -> "Far":
        return self


class _Called(Far):
    __slots__ = ()

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._Far__link.call(self._Far__number, args, kwargs)  # type: ignore[attr-defined]


class _Awaited(Far, Coroutine[Any, Any, Any]):
    """Runs in the learner's process, in step with the judge's loop."""

    __slots__ = ("__run",)

    def __inner(self) -> Coroutine[Any, Any, Any]:
        try:
            return self.__run
        except AttributeError:
            self.__run = self.__wait()
            return self.__run

    async def __wait(self) -> Any:
        loop = running()
        if loop is None:
            raise RuntimeError("wait for learner code with check.wait or check.timed")
        return await loop.learner(self._Far__link, self._Far__number)  # type: ignore[attr-defined]

    def __await__(self) -> Any:
        return self.__inner().__await__()

    def send(self, value: Any) -> Any:
        return self.__inner().send(value)

    def throw(self, *error: Any) -> Any:
        return self.__inner().throw(*error)

    def close(self) -> None:
        self.__inner().close()


@functools.lru_cache(maxsize=256)
def _class(name: str, awaited: bool, called: bool) -> type[Far]:
    """A class of handles that is called as the learner's class is."""
    bases = ((_Awaited,) if awaited else ()) + ((_Called,) if called else ())
    return type(name or "object", bases or (Far,), {"__slots__": ()})


def _typed(value: Any, kind: type) -> Any:
    if type(value) is not kind:
        raise TypeError(f"{kind.__name__} expected, {type(value).__name__} came")
    return value


class Names(Mapping[str, Any]):
    """The learner's names, each fetched when it is asked for."""

    def __init__(self, link: Link) -> None:
        self._link = link

    def __contains__(self, name: object) -> bool:
        return self._link.ask("has", name) is True

    def __getitem__(self, name: str) -> Any:
        return self._link.ask("get", name)

    def __iter__(self) -> Iterator[str]:
        names = self._link.ask("names")
        return iter([n for n in names if type(n) is str] if type(names) is list else [])

    def __len__(self) -> int:
        return sum(1 for _ in self)
