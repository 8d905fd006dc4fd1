"""Errors of the learner's code in words, with the line of theirs that raised it."""

import asyncio
import dis
import linecache
import re
import traceback
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from types import CodeType, FrameType
from typing import Any

from coursekit.check.learner_names import NotAttempted
from coursekit.check.returns import FORGOTTEN
from coursekit.core.blanks import LEFT, STUB, is_blank
from coursekit.core.wording import clean, short, show
from session1.virtual_time import SHOWN, Stuck

ASSEMBLED = "<string>"  # what exec calls the text it is given
MINE, TEST, OTHER = "mine", "test", "other"
UNKNOWN = "a name is not known there: fix that line first"
OBJECT = re.compile(r"<(function|bound|[\w.<>]+ object)\b")
STARTED = re.compile("running event loop|loop is already running|loop is running")
WHERE = "__learner_line__"  # set on an error that was raised in another process


@dataclass(frozen=True, slots=True)
class Fault:
    """An exception in words.

    `look` is what to look at where the error tells, `given` the call that raised it.
    """

    kind: str
    message: str
    where: str
    attempted: bool
    look: str = ""
    given: str = ""

    def text(self) -> str:
        """`ValueError: too big, at your line 3: raise ValueError("too big")`."""
        said = ": ".join(filter(None, [self.kind, self.message]))
        return f"{said}, {self.where}" if self.where else said


def fault(error: BaseException, names: Mapping[str, Any], test: str = "") -> Fault:
    """Describe `error`; the learner's code has `names` as its globals.

    So has the test cell, whose file is `test`.
    """
    if isinstance(error, NotAttempted):
        return Fault("", str(error), "", attempted=False)
    trace = [*traceback.walk_tb(error.__traceback__), *_waits(error)]
    places = [_place(frame, line, names, test) for frame, line in trace]
    told = vars(error).get(WHERE, "")
    where = told or _unread(error) or _waiting(error, names) or _deepest(places)
    if is_blank(error):
        return Fault("", LEFT, where, attempted=False)
    attempted = not _is_stub(error, where)
    mine = told or (places and places[-1][0] == MINE)
    look = _for_gather(error) or _for_loop(error) or _for_stuck(error)
    look = look or ("" if mine else _forgotten(error))
    frames = [frame for frame, _ in trace] if test else []
    made = type(error).__name__, _message(error), where, attempted, look
    return Fault(*made, _given(frames, names, test))


def _given(frames: Iterable[FrameType], names: Mapping[str, Any], test: str) -> str:
    """The learner's function that the test called, with what it was given."""
    for frame in frames:
        code = frame.f_code
        own = frame.f_globals is names and code.co_filename != test
        if not own or code.co_name.startswith("<"):
            continue
        args = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
        # what the function has set anew is no longer what it was given
        kept = {a: v for a, v in frame.f_locals.items() if a not in _set_in(code)}
        shown = [show(kept[a]) if a in kept else "…" for a in args if a != "self"]
        shown = ["…" if OBJECT.search(x) else x for x in shown]
        call = short(f"{code.co_qualname}({', '.join(shown)})")
        return call if set(shown) - {"…"} else ""
    return ""


def _set_in(code: CodeType) -> set[str]:
    """The local variables that a function sets."""
    steps = [s for s in dis.get_instructions(code) if "STORE_FAST" in s.opname]
    # since Python 3.13 one step may set two
    pairs = [s.argval if type(s.argval) is tuple else [s.argval] for s in steps]
    return {name for pair in pairs for name in pair}


def _waits(error: BaseException) -> Iterator[tuple[FrameType, int]]:
    """The lines at which the tasks of a run wait that can never end."""
    return chain(*(error.waits if isinstance(error, Stuck) else []))


def _waiting(error: BaseException, names: Mapping[str, Any]) -> str:
    """The learner's line of each task that waits in vain, the first of them."""
    tasks = error.waits if isinstance(error, Stuck) else []
    found = (_deepest([_place(*at, names, "") for at in task]) for task in tasks)
    lines = list(dict.fromkeys(filter(None, reversed([*found]))))
    return ", ".join([*lines[:SHOWN], *["…"] * (len(lines) > SHOWN)])


def _is_stub(error: BaseException, where: str) -> bool:
    """Whether a stub's own line raised `error`: libraries raise it as well.

    A subclass never does: IPython's for `input()` is one.
    """
    source = where.partition(": ")[2]
    return type(error) is NotImplementedError and (not source or STUB in source)


def _message(error: BaseException) -> str:
    if isinstance(error, Stuck):
        return error.why.rstrip(":")
    try:
        return short(error.msg if isinstance(error, SyntaxError) else str(error))
    except Exception:
        return "(its message cannot be shown)"


def _place(
    frame: FrameType, line: int, names: Mapping[str, Any], test: str
) -> tuple[str, str]:
    """Whose code a frame runs, and its line in words."""
    file = frame.f_code.co_filename
    source = clean(linecache.getline(file, line).strip())
    if file == test:
        return TEST, f"in the test: {source}"
    if file == ASSEMBLED and source:
        return MINE, _at(f"line {line} as assembled", source)
    if frame.f_globals is names:
        return MINE, _at(f"your line {line}", source)
    return OTHER, ""


def _at(line: str, source: str) -> str:
    return f"at {line}: {source}" if source else f"at {line}"


def _deepest(places: list[tuple[str, str]]) -> str:
    """The deepest place of the learner's, else of the test."""
    for owner in (MINE, TEST):
        for found, text in reversed(places):
            if found == owner:
                return text
    return ""


def _unread(error: BaseException) -> str:
    """The line of assembled code that Python could not read."""
    if not isinstance(error, SyntaxError) or error.filename != ASSEMBLED:
        return ""
    return _at(f"line {error.lineno} as assembled", clean((error.text or "").strip()))


def _forgotten(error: BaseException) -> str:
    """A question to ask when None was used where a value was needed."""
    if isinstance(error, TypeError) and re.search(
        "in 'await' ex|be awaited", str(error)
    ):
        return "is `async` missing before a `def`, or is one `await` too many?"
    none = isinstance(error, TypeError | AttributeError) and "NoneType" in str(error)
    return FORGOTTEN if none else ""


def _for_stuck(error: BaseException) -> str:
    """A question to ask when a run can never end."""
    if not isinstance(error, Stuck):
        return ""
    if "poll" in error.why:
        return "wait for an event, a task or a semaphore: `sleep(0)` takes no time"
    if "after" in error.why:
        return "what ends it: does the loop around that line have a way out?"
    return "who wakes it: is there a `release`, a `set` or a result on every way out?"


def _for_loop(error: BaseException) -> str:
    """Advice for a loop that already runs, as in every notebook, or not yet."""
    if not isinstance(error, RuntimeError):
        return ""
    if str(error).startswith("no running event loop"):
        return "no loop runs yet at that line: it belongs inside the async function"
    started = STARTED.search(str(error))
    return "a loop runs here already: `await` the call itself" if started else ""


def _for_gather(error: BaseException) -> str:
    """Say how to change a call of `asyncio.gather` that it refuses."""
    said = str(error) if isinstance(error, TypeError) else ""
    if "a coroutine or an awaitable is required" in said:
        return "give `gather` calls, `tool()`: with parentheses and without `await`"
    frames = [frame.f_code for frame, _ in traceback.walk_tb(error.__traceback__)]
    inside = asyncio.gather.__code__ in frames
    return "is a star missing before the list?" if inside and "unhash" in said else ""
