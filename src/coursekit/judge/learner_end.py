"""The learner's end of the link: serves the judge, in the learner's own process.

Nothing here is trusted by the judge: whoever changes it changes only answers.
"""

import asyncio
import contextlib
import inspect
import itertools
import json
import marshal
import random
import socket
import sys
import threading
from collections.abc import AsyncIterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from coursekit.check.learner_names import quiet
from coursekit.core.answers_file import Record, here
from coursekit.judge.codec import TooLarge, decode, encode
from coursekit.judge.exceptions import group_of, retell, tell
from coursekit.judge.framing import (
    FALSE,
    FLOAT,
    LONGEST,
    MOMENT,
    REAL,
    TOO_LONG,
    TRUE,
    Gone,
    Wire,
)
from coursekit.judge.judge_proxies import MAKE
from coursekit.judge.learner_loop import LearnerLoop, inside
from coursekit.judge.learner_ops import DO, walk
from coursekit.judge.mirrored import Handed, call
from coursekit.sandbox.shared import FIGURES

MOST = 256_000_000  # the judge is trusted
PRINTED = 20_000  # characters of printed text
LAZY = ("builtins", "itertools")  # whose iterators are no more than their items
NAME = 80  # characters of the name of a class
SEED = 0  # an answer that draws random numbers draws the same in every grading
_link: "LearnerEnd | None" = None


def connect(path: str | Path, names: Mapping[str, Any] | None = None) -> None:
    """Connect to the judge that listens at `path`; it may ask for all of `names`.

    By default those are the notebook's own. Random numbers begin anew.
    """
    global _link
    _seed()
    sock = socket.socket(socket.AF_UNIX)
    sock.connect(str(path))
    if names is None:
        names = sys.modules["__main__"].__dict__
    _link = LearnerEnd(Wire(sock, MOST), names, here())


def _seed() -> None:
    random.seed(SEED)
    with contextlib.suppress(ImportError):
        import numpy

        numpy.random.seed(SEED)


def serve() -> None:
    """Answer the judge until it has graded one exercise."""
    if _link is None:
        raise RuntimeError("learner_end.connect(path) comes first")
    try:
        with contextlib.suppress(Gone):
            _link.serve()
    except BaseException:
        # what we need was changed: the judge need not wait for an answer
        with contextlib.suppress(Gone):
            _link.wire.send(b"")
        raise


def _its_link() -> Any:
    return _link and (_link, _link.wire.sock.fileno())


FIGURES["the grader's link"] = _its_link


class LearnerEnd:
    """Answers the judge; learner code's threads take turns to ask it something.

    `turn` is held by whoever reads or writes, and let go while learner code runs.
    """

    def __init__(self, wire: Wire, names: Mapping[str, Any], record: Record) -> None:
        self.wire, self.names, self.record = wire, names, record
        self._lock = threading.Lock()
        self.turn = threading.Condition(self._lock)
        self.turn.acquire()
        self.now = 0.0
        self.asking = 0
        self.here = threading.local()
        self.refs: dict[int, tuple[Any, int]] = {}
        self.known: dict[int, int] = {}
        self.walked: dict[int, Iterator[Any]] = {}
        self.nears: dict[int, Any] = {}
        self.numbers: dict[int, int] = {}
        self.handed = Handed()
        self.numbered = itertools.count()  # what is awaited of the judge
        self._fresh = itertools.count()

    def serve(self) -> None:
        """Serve one exercise, keeping apart what learner code prints."""
        with quiet() as printed:
            over = self.listen("over")
        text = printed.out.getvalue() + printed.err.getvalue()
        tables = self.refs, self.known, self.walked, self.nears, self.numbers
        for table in (*tables, self.handed):
            table.clear()
        self._answer(over, text[:PRINTED], [])

    def listen(self, last: str) -> list[Any]:
        """Serve until the judge asks for `last`; returns that message."""
        while True:
            message = self._receive()
            if message[0] == last:
                return message
            self._serve(message)

    def _receive(self) -> list[Any]:
        return marshal.loads(self.wire.receive())

    def _answer(self, message: list[Any], *parts: Any) -> None:
        self._send(json.dumps(["=", message[1], *parts]))

    def _send(self, text: str) -> None:
        self.wire.send(text.encode() if len(text) <= LONGEST else TOO_LONG)

    def _serve(self, message: list[Any]) -> None:
        """Do what the judge asks; learner code runs, so the turn is let go."""
        op, number, self.now, drops, *rest = message
        for ref, seen in drops:
            self._drop(ref, seen)
        if op == "begin":
            self._answer(message, None)
            session(self)
            return
        before = self.asking
        self.turn.release()
        try:
            text = json.dumps(["=", number, *self._do(op, number, rest)])
        except BaseException as error:
            text = json.dumps(["!", number, self.tell(error)])
        finally:
            self.turn.acquire()
        while self.asking > before:  # what another thread asks lies on top of this
            self.turn.wait()
        self._send(text)

    def _do(self, op: str, number: int, rest: list[Any]) -> list[Any]:
        key = f"far {number}"  # as the judge knows what this hands over
        with inside(getattr(self.here, "loop", None)):
            if op == "turn":
                return [self.here.loop.turn(*rest)]
            if op == "stuck":
                return [self.here.loop.stuck()]
            if op == "call":
                return self._call(key, *rest)
            return [self.pack(self.handed.keep(key, DO[op](self, *rest)))]

    def _call(self, key: str, ref: int, args: Any, kwargs: Any) -> list[Any]:
        args, kwargs = self.unpack(args), self.unpack(kwargs)
        self.handed.keep_args(key, [*args, *kwargs.values()])
        value, changed = call(self.refs[ref][0], args, kwargs)
        tree = self.pack(self.handed.keep(key, value))
        return [tree, [[place, encode(now, self._ref)] for place, now in changed]]

    def ask(self, request: list[Any]) -> Any:
        """Ask the judge; its exceptions are raised here."""
        with self.turn:
            self.asking += 1
            try:
                self._send(json.dumps(request))
                while (message := self._receive())[0] not in ("=", "!"):
                    self._serve(message)
                return self._told(message)
            finally:
                self.asking -= 1
                self.turn.notify_all()

    def counted(self, frame: bytes) -> Any:
        """Ask for what the judge counts: answered at once, in short frames."""
        with self._lock:
            self.wire.send(frame)
            answer = self.wire.receive()
        kind = answer[:1]
        if kind == FLOAT:
            return REAL.unpack(answer)[1]
        if kind in (TRUE, FALSE):
            return kind == TRUE
        if kind == MOMENT:
            return datetime.fromisoformat(answer[1:].decode())
        return self._told(marshal.loads(answer))

    def _told(self, message: list[Any]) -> Any:
        if message[0] == "!":
            raise self.error(message[1])
        return self.unpack(message[1])

    def tell(self, error: BaseException) -> list[Any]:
        """An error for the judge, with its number should it come back."""
        return [*tell(error, self.names), self._ref(error)]

    def error(self, told: list[Any]) -> BaseException:
        """The error that the judge reported: the same object each time."""
        tag, number, *rest = told
        if tag == "f":
            found: BaseException = self.refs[number][0]
            return found
        if number not in self.nears:
            self.nears[number] = made = self._retold(*rest)
            self.numbers[id(made)] = number
        known: BaseException = self.nears[number]
        return known

    def _retold(self, told: list[Any], rest: dict[str, Any]) -> BaseException:
        parts = [self.error(part) for part in rest["parts"] if part]
        args = self.unpack(rest["args"])
        made = group_of(told, parts) if parts else retell(told, args)
        made.__cause__ = self.error(rest["cause"]) if rest["cause"] else None
        made.__context__ = self.error(rest["context"]) if rest["context"] else None
        made.__suppress_context__ = rest["quiet"]
        for note in rest["notes"]:
            made.add_note(note)
        return made

    def pack(self, value: Any) -> Any:
        """A value for the judge, as a tree."""
        try:
            return encode(value, self._ref)
        except TooLarge:
            return self._ref(value)

    def _lazy(self, value: Any) -> Any:
        """An argument: iterators in it are taken when the judge takes them."""
        try:
            return encode(value, self._reference)
        except TooLarge:
            return self._reference(value)

    def pack_call(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> list[Any]:
        """The arguments of a call: each too large one goes as a reference by itself."""
        named = [x for pair in kwargs.items() for x in pair]
        return [["l", *map(self._lazy, args)], ["d", *map(self._lazy, named)]]

    def _ref(self, value: Any) -> list[Any]:
        """The tree of a result; an iterator does its deferred work first."""
        tree = self._reference(value)
        lazy = isinstance(value, Iterator) and not inspect.isawaitable(value)
        if lazy and tree[0] == "f" and tree[1] not in self.walked:
            self.walked[tree[1]] = walk(value)
        return tree

    def _reference(self, value: Any) -> list[Any]:
        near = self.numbers.get(id(value))
        if near is not None:
            return ["n", near]
        ref = self.known.get(id(value))
        if ref is None:
            ref = next(self._fresh)
            self.known[id(value)], self.refs[ref] = ref, (value, 0)
        self.refs[ref] = (value, self.refs[ref][1] + 1)
        traits = "c" * callable(value) + "w" * inspect.isawaitable(value)
        traits += "a" * isinstance(value, AsyncIterable)
        return ["f", ref, traits, type(value).__name__[:NAME]]

    def _drop(self, ref: int, seen: int) -> None:
        value, count = self.refs.get(ref, (None, 0))
        if count > seen:
            self.refs[ref] = (value, count - seen)
        elif self.refs.pop(ref, None):
            self.known.pop(id(value), None)
            self.walked.pop(ref, None)

    def unpack(self, tree: Any) -> Any:
        """A value from the judge; raw data comes in a tuple."""
        return tree[0] if type(tree) is tuple else decode(tree, self._deref)

    def _deref(self, tree: list[Any]) -> Any:
        tag, number, *rest = tree
        if tag == "k":
            return self.handed.at(number, rest[0])
        if tag == "f":
            value = self.refs[number][0]
            walked = type(value).__module__ in LAZY and self.walked.get(number)
            return walked or value
        if number in self.nears:
            return self.nears[number]
        if tag == "o":
            made: Any = SimpleNamespace(**self.unpack(rest[0]))
        else:
            kind, *more = rest
            made = MAKE[kind](self, number, *more)
        self.nears[number], self.numbers[id(made)] = made, number
        return made


def session(link: LearnerEnd) -> None:
    """Serve the judge from a thread with an event loop, until the judge's loop ends."""

    def work() -> None:
        link.here.loop = loop = LearnerLoop(link)
        asyncio.set_event_loop(loop)
        try:
            ended.append(link.listen("end"))
        except Gone:
            pass
        finally:
            asyncio.set_event_loop(None)
            loop.close()

    ended: list[list[Any]] = []
    thread = threading.Thread(target=work, name="virtual-time")
    try:
        thread.start()
    except RuntimeError:  # learner code holds every thread there may be
        link.wire.close()
        raise Gone("no thread is left") from None
    thread.join()
    if not ended:  # or no loop could be made
        link.wire.close()
        raise Gone("the judge has ended")
    link._answer(ended[0], None)
