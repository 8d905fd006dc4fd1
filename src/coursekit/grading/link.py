"""The judge's end of the link: what it asks for, and what it answers meanwhile."""

import copy
import itertools
import json
import marshal
import socket
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial
from typing import Any
from weakref import WeakValueDictionary

from coursekit.grading.codec import Tampered, TooLarge, decode, encode, is_raw
from coursekit.grading.far import Far, far_class
from coursekit.grading.given import Given
from coursekit.grading.held import HELD, Handed, containers, is_as, refill
from coursekit.grading.lockstep import Clock, JudgeLoop, running
from coursekit.grading.meter import cpu_seconds, pin
from coursekit.grading.raised import retell, tell
from coursekit.grading.wire import Gone, Oversized, Wire
from coursekit.place import Place
from session1 import virtual_time

MOST = 8_000_000  # bytes of one frame from the learner
DEEP = 40  # calls within calls


class Link(Place):
    """Asks the learner's process and answers what it asks meanwhile.

    A break (the process ended, or sent what it should not) is kept in `broken`; from
    then on every use raises it again.
    """

    def __init__(self, sock: socket.socket, peer: int = 0) -> None:
        self.wire, self.peer = Wire(sock, MOST), peer
        self.handed = Handed()
        self.given = Given()
        self.broken: Gone | Tampered | None = None
        self.numbers = itertools.count()
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
        number = next(self.numbers)
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
        except (Oversized, ValueError, RecursionError, MemoryError) as error:
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
            if message[0] == "alone":
                _, near, args, kwargs = message
                work = partial(self.given.start, near, args, kwargs, self.unpack)
                value = virtual_time.run(work, new_loop=self.new_loop).value
            else:
                value = self.given.serve(message, self.unpack)
            answer: tuple[Any, ...] = ("=", self.pack(value))
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
            return ["f", value._far_number]
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
            far = far_class(str(name)[:80], "w" in traits, "c" in traits)(self, number)
            self._fars[number] = far
        far._far_seen += 1
        return far

    def drop(self, number: int, seen: int) -> None:
        """A handle is no longer used: the learner's side is told by and by."""
        self._dropped.append((number, seen))

    def call(self, number: int, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Call the learner's object; lists it changed are changed here too."""
        reply = self.request("call", number, self.pack(args), self.pack(kwargs))
        key, value, changed = self._result(reply)
        if changed:
            mine = containers([*args, *kwargs.values()])
            for place, content in changed:
                if place not in range(len(mine)):
                    raise self.tampered("no such argument")
                refill(mine[place], self.unpack(content))
        return self.handed.keep(key, self.unpack(value))

    def _result(self, reply: list[Any]) -> tuple[str, Any, list[tuple[int, Any]]]:
        try:
            key, value, changed = reply
            return str(key), value, [(int(place), tree) for place, tree in changed]
        except (TypeError, ValueError):
            raise self.tampered("no result") from None

    def ask(self, op: str, *rest: Any) -> Any:
        """A request whose answer is one value."""
        return self.unpack(self.request(op, *rest)[0])

    def new_loop(self) -> Clock:
        """A loop on which learner code and checks share one virtual clock."""
        return JudgeLoop(self)

    def change(self, value: Any, work: Callable[[Any], Any]) -> None:
        """Do `work(value)` here, and the same to what the learner's side has of it."""
        held = [(c, copy.copy(c)) for c in containers([value])]
        work(value)
        for each, before in held:
            place = self.handed.place(each)
            if place is None or is_as(each, before):
                continue
            parts = [x for p in each.items() for x in p] if type(each) is dict else each
            self.request("refill", place, [self._part(part) for part in parts])

    def _part(self, value: Any) -> Any:
        """A part of a changed container: one that both sides have stays that one."""
        place = self.handed.place(value) if isinstance(value, HELD) else None
        return self.pack(value) if place is None else ["k", *place]

    def metering(self) -> AbstractContextManager[None]:
        """Keep both processes on one core."""
        return pin(self.peer)

    def cpu(self, fn: Callable[..., Any], args: tuple[Any, ...]) -> tuple[Any, float]:
        """Metered from outside: all that the learner's processes use for the call."""
        if not isinstance(fn, Far):
            return self.cpu_here(fn, args)
        before = cpu_seconds(self.peer)
        value = fn(*args)
        return value, cpu_seconds(self.peer) - before

    def end_exercise(self) -> str:
        """Let go of all that was handed over; returns what the learner's code printed.

        The learner's side then stops serving.
        """
        printed = self.ask("over")
        self.given.clear()
        self.handed.clear()
        self._early.clear()
        return printed if type(printed) is str else ""
