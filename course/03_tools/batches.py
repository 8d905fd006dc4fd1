"""Batches for the tests of `side_by_side`, and where to look when one goes wrong."""

import asyncio
import inspect
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from session1.virtual_time import run

Call = Callable[[], Awaitable[Any]]
KEYS = "a dict for each: `success`, and `result` or `error`, which is `str(error)`"
SLOTS = "who gives a slot back? `async with slots:` does, however a call ends"
# What stands in a result, and where to look then.
SAID = {
    "wait for ever": SLOTS,
    "different event loop": "one semaphore for each batch: make it with `limit`, "
    "inside `side_by_side`",
    "asyncio.run() cannot": "`await call()`: a loop runs already, and `asyncio.run` "
    "wants one of its own",
    "context manager": "`async with slots:`, for it may have to wait",
    "'await' expression": "an `async def` that awaits; `call()` has brackets",
    "CancelledError escapes": "CancelledError is no Exception: name it beside it",
    "CancelledError(": "CancelledError is no Exception, for `isinstance` either",
    "escapes": "catch inside each call, so that gather never sees the error",
}


def good(value: Any) -> dict[str, Any]:
    """The end of a call that gave a value."""
    return {"success": True, "result": value}


def bad(text: str) -> dict[str, Any]:
    """The end of a call that raised."""
    return {"success": False, "error": text}


class Calls:
    """Calls that take some seconds: `made` so many, `most` of them at a time."""

    def __init__(self) -> None:
        self.running = self.most = self.made = 0

    def taking(self, seconds: float, value: Any) -> Call:
        """A call that gives `value` after a while, or raises it."""

        async def call() -> Any:
            self.running += 1
            self.made += 1
            self.most = max(self.most, self.running)
            try:
                await asyncio.sleep(seconds)
            finally:
                self.running -= 1
            if isinstance(value, BaseException):
                raise value
            return value

        return call


def ended(runner: Any, calls: Sequence[Call], limit: int) -> tuple[Any, float]:
    """What a batch comes to, in words if that is an error; and its seconds."""

    async def in_time() -> Any:
        async with asyncio.timeout(86_400):
            return await runner(calls, limit)

    try:
        done = run(in_time)
        return tidy(done.value), done.seconds
    except (Exception, asyncio.CancelledError) as error:
        if not (said := escaped(error)):
            raise
        return said, 0.0


def escaped(error: BaseException) -> str:
    """An error that the calls or the waiting raised, in words; else nothing."""
    if isinstance(error, TimeoutError):
        return "some calls wait for ever"
    if any(text in str(error) for text in SAID):
        return f"{type(error).__name__}: {error}"
    raised = (ValueError, KeyError, ConnectionError, asyncio.CancelledError)
    known = isinstance(error, raised)
    return f"{type(error).__name__} escapes from the batch" if known else ""


def tidy(ends: Any) -> Any:
    """`ends` as a list, without an `error` of None beside a result, or the reverse."""
    ends = list(ends) if type(ends) is tuple else ends
    if type(ends) is not list or not all(type(end) is dict for end in ends):
        return ends
    other = {True: "error", False: "result"}
    return [
        {k: v for k, v in end.items() if v is not None or k != other.get(_fate(end))}
        for end in ends
    ]


def _fate(end: dict[str, Any]) -> Any:
    fate = end.get("success")
    return fate if type(fate) is bool else None


def look_at(ends: Any, right: list[dict[str, Any]]) -> str:
    """Where to look: the first thing that is wrong in what a batch gave."""
    if type(ends) is list and any(map(_raw, ends)):
        return "the text of an error is `str(error)`"
    said = next((look for text, look in SAID.items() if text in repr(ends)), "")
    if said or type(ends) is not list:
        return said or "`return await` what gather gives: that is the list"
    if any(map(inspect.isawaitable, ends)):
        return "an `async def` that awaits gather: calls are no answers yet"
    if None in ends:
        pairs = zip(ends, right, strict=False)
        if all(end is None for end, want in pairs if want["success"]):
            return "what runs a single call has to `return` its dict"
        return "one place for each call, though the same function may come twice"
    if not all(type(end) is dict and _fate(end) is not None for end in ends):
        return KEYS
    if any(inspect.isawaitable(end.get("result")) for end in ends):
        return "`await call()`: without await there is no answer yet"
    if len(ends) != len(right):
        return "one dict for each call, the same function or not"
    return _wrong_fate(ends, right) or _wrong_value(ends, right)


def _raw(end: Any) -> bool:
    """Whether there is an error itself, or its `repr`, where its text should be."""
    said = end.get("error") if type(end) is dict else ""
    return isinstance(said, BaseException) or "Error(" in str(said)


def _wrong_fate(ends: list[Any], right: list[dict[str, Any]]) -> str:
    fates, wanted = [e["success"] for e in ends], [e["success"] for e in right]
    if fates == wanted:
        return ""
    if sorted(fates) == sorted(wanted):
        return "keep the order of the calls, not of their ends: gather does"
    lost = [w for e, w in zip(ends, right, strict=True) if w["success"] > e["success"]]
    if lost and not any(want["result"] for want in lost):
        return "0, '', None and [] are results: did the call raise? only that counts"
    pairs = zip(ends, right, strict=True)
    if any(end["success"] and want.get("error") == "" for end, want in pairs):
        return "an empty error text is an error too: did the call raise? that counts"
    if not any(fates):
        return "one failure is every call's: catch inside each call, not around gather"
    return "`success` is False for a call that raised, and True for all others"


def _wrong_value(ends: list[Any], right: list[dict[str, Any]]) -> str:
    pairs = list(zip(ends, right, strict=True))
    if any(end.keys() != want.keys() for end, want in pairs):
        return KEYS
    if any(end["error"] != want["error"] for end, want in pairs if "error" in want):
        return "`error` is the text, `str(error)`, even where that is empty"
    return "keep the order of the calls, not of their ends: gather does"


def window(most: int, calls: int, limit: int) -> str:
    """Where to look when a batch takes other seconds than it should."""
    if most == 1 < limit:
        return "do they overlap at all? start all of them before you await one"
    if most == calls > limit:
        return (
            "nobody waits for a slot: one semaphore for all, with `async with` around "
            "each `await call()`, and no call started before that"
        )
    if most != min(calls, limit):
        return f"{most} ran at a time: is the semaphore made with `limit`?"
    return "rounds wait for their slowest; let the next in as soon as one ends"
