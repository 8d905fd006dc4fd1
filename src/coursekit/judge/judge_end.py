"""The judge's end of the link: its requests, and its answers to the learner's."""

import itertools
import json
import marshal
import re
import socket
import struct
from datetime import datetime
from functools import partial
from typing import Any
from weakref import WeakValueDictionary

from coursekit.judge.codec import (
    Tampered,
    TooLarge,
    TooMuch,
    bulk,
    decode,
    encode,
    is_raw,
)
from coursekit.judge.exceptions import retell, tell
from coursekit.judge.exports import Exports
from coursekit.judge.framing import (
    COMPARE,
    FALSE,
    FLOAT,
    LONGEST,
    MOMENT,
    READ,
    REAL,
    TOO_LONG,
    TRUE,
    Gone,
    Oversized,
    Wire,
    weight,
)
from coursekit.judge.judge_loop import JudgeLoop, running
from coursekit.judge.learner_proxies import LearnerProxy, far_class
from coursekit.judge.mirrored import HELD, Handed, containers, refill
from session1 import virtual_time

IN_ALL = 128_000_000  # bytes that all frames for one exercise may weigh
KEPT = 500  # bytes that an object handed over takes until the exercise ends
MB = 1_000_000
COUNTED = frozenset({READ, *COMPARE.values()})
TOO_DEEP = (RecursionError, MemoryError)
DEEP = 40  # calls within calls
LESS = "Look for a result far larger than the one that was asked for."
THEIRS = "__learner_error__"  # set on an error whose own is in the learner's process


class JudgeEnd:
    """Asks the learner's process and answers what it asks meanwhile.

    A break (the process ended, or sent what it should not) is kept in `broken`; from
    then on every use raises it again.
    """

    def __init__(self, sock: socket.socket, peer: int = 0) -> None:
        self.wire, self.peer = Wire(sock, LONGEST), peer
        self.handed = Handed()
        self.given = Exports()
        self.broken: Gone | Tampered | None = None
        self.numbers = itertools.count()
        self.taken = self.frames = 0  # for this exercise: bytes, frames
        self.owed = 0.0  # virtual seconds that passed on no loop that is timed
        self._open: list[int] = []  # requests that wait for an answer
        self._early: dict[int, list[Any]] = {}
        self._fars: WeakValueDictionary[int, LearnerProxy] = WeakValueDictionary()
        self._dropped: list[tuple[int, int]] = []

    def request(self, op: str, *rest: Any, quick: bool = False) -> list[Any]:
        """Return the learner's side's answer; its exceptions are raised here."""
        return self._asked(op, *rest, quick=quick)[1]

    def _asked(self, op: str, *rest: Any, quick: bool = False) -> tuple[str, list[Any]]:
        """The name under which both sides know what this hands over, and the answer."""
        loop = running()
        if loop is not None and not loop.begun and not quick:
            loop.begin(self)
        if len(self._open) >= DEEP:
            raise RecursionError("calls to and fro are nested too deeply")
        number = next(self.numbers)
        self._open.append(number)
        try:
            self.send(op, number, loop.time() if loop else 0.0, *rest)
            return f"far {number}", self._reply(number)
        finally:
            self._open.remove(number)
            if loop is not None:
                loop.its_ready = loop.begun  # the call may have left it something

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
            while (frame := self.wire.receive())[:1] in COUNTED:
                self._take(len(frame))
                self._counted(frame)
            if frame == TOO_LONG:
                raise TooMuch(
                    f"Your code sent more than {LONGEST // MB} MB at once. {LESS}"
                )
            self._take(weight(frame))
            message = json.loads(frame.decode())
            if type(message) is not list or not message:
                raise Tampered("no message")
            return message
        except (Gone, Tampered) as error:
            self.broken = error
        except (Oversized, ValueError, struct.error, *TOO_DEEP) as error:
            self.broken = Tampered(f"{type(error).__name__} on the link")
        raise self.broken

    def _take(self, size: int) -> None:
        """Count a frame before it is parsed or made; TooMuch when it may not be."""
        self.taken += size
        self.frames += 1
        held = self.taken + KEPT * len(self.given)
        if held > IN_ALL:
            raise self.too_much(
                "Your code and the check exchanged data that takes "
                f"{held / MB:,.1f} MB of memory ({self.frames:,} messages), and an "
                f"exercise may exchange {IN_ALL // MB} MB. {LESS}"
            )

    def _counted(self, frame: bytes) -> None:
        """Answer a read or a comparison, in as few steps as possible."""
        try:
            work = self.given.read if frame[:1] == READ else self.given.compare
            value = work(frame)
        except (AttributeError, TypeError, LookupError) as error:
            self._send(("!", self.told(error)))
            return
        if type(value) is float:
            self.wire.send(REAL.pack(FLOAT, value))
        elif type(value) is datetime:
            self.wire.send(MOMENT + value.isoformat().encode())
        elif type(value) is bool:
            self.wire.send(TRUE if value else FALSE)
        else:
            self._send(("=", self.pack(value)))

    def _reply(self, number: int) -> list[Any]:
        while number not in self._early:
            message = self._receive()
            if message[0] not in ("=", "!"):
                self._serve(message)
                continue
            if len(message) < 3 or message[1] not in self._open:
                raise self.tampered("an answer to nothing")
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

    def too_much(self, why: str) -> TooMuch:
        """Mark the link as broken: the exercise failed, and `why` says how."""
        broken = TooMuch(why)
        self.broken = self.broken or broken
        return broken

    def error(self, told: Any) -> BaseException:
        """The exception that the learner's side reported: our own where it was one.

        That of the learner's own is kept with it, for the way back.
        """
        try:
            *told, tree = told
            error = retell(told)
            own = self.unpack(tree)
        except (TypeError, ValueError) as why:
            return self.tampered(str(why))
        if isinstance(own, BaseException):
            return own
        setattr(error, THEIRS, own)
        return error

    def _serve(self, message: list[Any]) -> None:
        """Answer something the learner's code asks of the judge."""
        try:
            if message[0] == "alone":
                value = self._alone(*message[1:])
            else:
                value = self.given.serve(message, self.unpack)
            answer: tuple[Any, ...] = ("=", self.pack(value))
        except (Tampered, Gone) as error:
            self.broken = self.broken or error
            raise
        except BaseException as error:
            answer = ("!", self.told(error))
        self._send(answer)

    def _alone(self, near: Any, args: Any, kwargs: Any) -> Any:
        """Run what learner code awaits outside its loop, which stands still."""
        own = JudgeLoop(self)
        work = partial(self.given.start, near, args, kwargs, self.unpack)
        try:
            return virtual_time.run(work, new_loop=lambda: own).value
        finally:
            self.owed += own.now
            if (loop := running()) is not None:
                loop.pay()

    def told(self, error: BaseException | None, depth: int = 8) -> list[Any] | None:
        """An error for learner code to catch; one that came from there is itself.

        It names no function and no line of the judge's: a stand-in is one of many.
        """
        if error is None or not depth:
            return None
        if isinstance(theirs := vars(error).get(THEIRS), LearnerProxy):
            return ["f", theirs._far_number]
        kind, base, said, _, missing = tell(error, {})
        if isinstance(error, TypeError):
            said = re.sub(r"[\w.<>]+\(\)", "function()", said)
        args = error.args if said == str(error) else (said,)
        parts = error.exceptions if isinstance(error, BaseExceptionGroup) else ()
        rest = {
            "args": self.pack(args),
            "parts": [self.told(part, depth - 1) for part in parts],
            "cause": self.told(error.__cause__, depth - 1),
            "context": self.told(error.__context__, depth - 1),
            "quiet": error.__suppress_context__,
            "notes": [str(note) for note in getattr(error, "__notes__", ())],
        }
        number = self.given.number(error.with_traceback(None))  # frames hold much
        return ["n", number, [kind, base, said, "", missing], rest]

    def pack(self, value: Any) -> Any:
        """A value for the learner's side: raw where marshal carries it."""
        if is_raw(value):
            return (value,)
        try:
            return encode(value, self._ref)
        except TooLarge:
            return self._ref(value)

    def answer(self, value: Any) -> Any:
        """The same of what learner code awaits.

        Many may be done at once, so that texts count, and so do their frames.
        """
        self._take(2 * bulk(value))
        return self.pack(value)

    def _ref(self, value: Any) -> Any:
        if isinstance(value, LearnerProxy):
            return ["f", value._far_number]
        return self.given.describe(value, self._ref)

    def unpack(self, tree: Any) -> Any:
        """Decode a value from the learner's side; Tampered when it is malformed."""
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
            kind = far_class(str(name)[:80], *(trait in traits for trait in "wca"))
            far = kind(self, number)
            self._fars[number] = far
        far._far_seen += 1
        return far

    def drop(self, number: int, seen: int) -> None:
        """Note that a handle is unused; the learner's side hears of it later."""
        self._dropped.append((number, seen))

    def call(self, number: int, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Call the learner's object; lists it changed are changed here too."""
        given = [*args, *kwargs.values()] if kwargs else list(args)
        key, reply = self._asked("call", number, self.pack(args), self.pack(kwargs))
        value, changed = self._result(reply)
        self.handed.keep_args(key, given)
        mine = containers(given) if changed else []
        for place, content in changed:
            now = self.unpack(content)
            if place not in range(len(mine)) or not _fits(mine[place], now):
                raise self.tampered("no such argument")
            refill(mine[place], now)
        return self.handed.keep(key, self.unpack(value))

    def _result(self, reply: list[Any]) -> tuple[Any, list[tuple[int, Any]]]:
        try:
            value, changed = reply
            return value, [(int(place), tree) for place, tree in changed]
        except (TypeError, ValueError):
            raise self.tampered("no result") from None

    def ask(self, op: str, *rest: Any) -> Any:
        """A request whose answer is one value."""
        key, (tree, *_) = self._asked(op, *rest)
        return self.handed.keep(key, self.unpack(tree))

    def own(self, op: str) -> Any:
        """A request that runs no learner code: it never ends in an error."""
        try:
            return self.ask(op)
        except (Gone, Tampered):
            raise
        except BaseException as error:  # CancelledError too can be told
            raise self.tampered("an error where there is none") from error

    def end_exercise(self) -> str:
        """Let go of all that was handed over; returns what the learner's code printed.

        The learner's side then stops serving.
        """
        self.taken = self.frames = 0
        printed = self.own("over")
        self.owed = 0.0
        self.given.clear()
        self.handed.clear()
        self._early.clear()
        return printed if type(printed) is str else ""


def _fits(mine: Any, now: Any) -> bool:
    """Whether `now` can become the content of one of our containers."""
    return type(now) in HELD and isinstance(mine, type(now))
