"""Run the learner's code: keep what it prints apart, put its errors into words."""

import contextlib
import io
import linecache
import logging
import sys
import traceback
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any

from coursekit.words import clean

LINES, WIDTH = 8, 100


class NotAttempted(Exception):
    """Nothing to grade yet; the message says what to do next."""


class Names(Mapping[str, Any]):
    """The learner's names; one that is missing or still `...` is not attempted."""

    def __init__(self, names: Mapping[str, Any]) -> None:
        self.raw = names

    def __getitem__(self, name: str) -> Any:
        if name not in self.raw:
            raise NotAttempted(f"{name} is not defined: run the cell that defines it")
        return filled(self.raw[name], name)

    def __iter__(self) -> Iterator[str]:
        return iter(self.raw)

    def __len__(self) -> int:
        return len(self.raw)


def filled(value: Any, name: str) -> Any:
    """`value` itself; `...`, a blank that was left, is not attempted."""
    if value is ...:
        raise NotAttempted(f"{name} is still `...`: put your answer there")
    return value


class Printed:
    """What ran code wrote to stdout and stderr, warnings and log lines included."""

    def __init__(self) -> None:
        self.out, self.err = io.StringIO(), io.StringIO()

    def text(self) -> str:
        """What was printed, cut to a few short lines."""
        lines = clean(self.out.getvalue() + self.err.getvalue()).splitlines()
        cut = [f"{x[: WIDTH - 1]}…" if len(x) > WIDTH else x for x in lines[:LINES]]
        left = len(lines) - LINES
        return "\n".join([*cut, f"… and {left} more lines"] if left > 0 else cut)


@contextlib.contextmanager
def quiet() -> Iterator[Printed]:
    """Keep stdout and stderr of the block: nbgrader gives 0 points for any stderr."""
    printed = Printed()
    with (
        _logging_to(printed.err),
        contextlib.redirect_stdout(printed.out),
        contextlib.redirect_stderr(printed.err),
    ):
        yield printed


@contextlib.contextmanager
def _logging_to(stream: io.StringIO) -> Iterator[None]:
    # handlers hold on to the stderr of the moment they were made
    old = {handler: handler.stream for handler in _handlers()}
    for handler in old:
        handler.setStream(stream)
    try:
        yield
    finally:
        for handler in _handlers():
            handler.setStream(old.get(handler, sys.stderr))


def _handlers() -> list["logging.StreamHandler[Any]"]:
    """All log handlers that write to a stream (files have their own type)."""
    known = [logging.root, *logging.root.manager.loggerDict.values()]
    loggers = [x for x in known if isinstance(x, logging.Logger)]
    found = [h for logger in loggers for h in logger.handlers]
    return [h for h in found if type(h) is logging.StreamHandler]


@dataclass(frozen=True, slots=True)
class Fault:
    """An exception of learner code in words, and the line that raised it."""

    kind: str
    message: str
    line: str
    attempted: bool

    def text(self) -> str:
        """`ValueError: too big, at your line 3: raise ValueError("too big")`."""
        said = f"{self.kind}: {self.message}" if self.message else self.kind
        return f"{said}, at {self.line}" if self.line else said


def fault(error: BaseException, names: Mapping[str, Any]) -> Fault:
    """Describe `error`; the learner's code is what has `names` as its globals."""
    if isinstance(error, NotAttempted):
        return Fault("", str(error), "", attempted=False)
    line = _line(error.__traceback__, names)
    attempted = not (isinstance(error, NotImplementedError) or _blank(error))
    return Fault(type(error).__name__, _message(error), line, attempted)


def _message(error: BaseException) -> str:
    try:
        text = clean(" ".join(str(error).split()))
    except Exception:
        text = "(its message cannot be shown)"
    return text if len(text) <= 160 else f"{text[:159]}…"


def _blank(error: BaseException) -> bool:
    """Whether a blank of a fill-in exercise, `___`, was left."""
    name = error.name if isinstance(error, NameError) else None
    return bool(name) and set(str(name)) == {"_"}


def _line(trace: TracebackType | None, names: Mapping[str, Any]) -> str:
    """The deepest line of the traceback that the learner wrote."""
    own = [
        (frame.f_code.co_filename, number)
        for frame, number in traceback.walk_tb(trace)
        if frame.f_globals is names
    ]
    if not own:
        return ""
    source = clean(linecache.getline(*own[-1]).strip())
    return f"your line {own[-1][1]}: {source}" if source else f"your line {own[-1][1]}"
