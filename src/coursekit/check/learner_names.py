"""Around the learner's code: names that may be missing, what it prints kept apart."""

import contextlib
import io
import logging
import sys
from collections.abc import Iterator, Mapping
from typing import Any

from coursekit.check.missing_names import why_missing
from coursekit.core.blanks import BLANK
from coursekit.core.wording import clean

LINES, WIDTH = 8, 100


class NotAttempted(NotImplementedError):
    """Nothing to grade yet; the message says what to do next."""


class Names(Mapping[str, Any]):
    """The learner's names; one that is missing or still `...` is not attempted."""

    def __init__(self, names: Mapping[str, Any]) -> None:
        self.raw = names

    def __getitem__(self, name: str) -> Any:
        if name not in self.raw:
            raise NotAttempted(why_missing(name, self.raw))
        return filled(self.raw[name], name)

    def __iter__(self) -> Iterator[str]:
        return iter(self.raw)

    def __len__(self) -> int:
        return len(self.raw)


def filled(value: Any, name: str) -> Any:
    """`value` itself; `...` or `"____"`, blanks that were left, are not attempted."""
    if mark := left_in(value):
        raise NotAttempted(still(name, mark))
    return value


def still(name: str, mark: str) -> str:
    """Say that a variable, or what a check calls `name`, still holds a blank."""
    who = f"`{name}`" if name.isidentifier() else f"{name}: this"
    return f"{who} {mark}: put your answer there"


def left_in(value: Any) -> str:
    """Name the blank that `value` is or holds; empty when there is none."""
    if type(value) is str and value == BLANK:
        return f"is still `{BLANK}`"
    left = [k for k, v in value.items() if v is ...] if type(value) is dict else []
    if left:
        return f"still has `...` for {left[0]!r}"
    return "is still `...`" if value is ... else ""


class Printed:
    """Everything that running code printed, with warnings and log lines."""

    def __init__(self) -> None:
        self.out, self.err = io.StringIO(), io.StringIO()

    def text(self) -> str:
        """The printed text, cut to a few short lines."""
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
