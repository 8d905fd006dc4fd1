"""Trackers for `catch`: two that keep their promises, and five that do not."""

import builtins
import re
from collections.abc import Awaitable, Callable
from typing import Any

from coursekit.check.error_messages import fault
from session1 import virtual_time

Call = Callable[..., Awaitable[Any]]
Record = Callable[[str, float, bool], object]
Clock = Callable[[], float]
Tracked = Callable[[Record, Clock], Callable[[Call], Call]]
NAME = "call"  # what all of them record for a name


def by_finally(record: Record, clock: Clock) -> Callable[[Call], Call]:
    """Keep all promises."""

    def decorate(func: Call) -> Call:
        async def wrapper(*args: Any, **kwargs: Any) -> Any:
            began, ok = clock(), False
            try:
                result = await func(*args, **kwargs)
                ok = True
                return result
            finally:
                record(NAME, clock() - began, ok)

        return wrapper

    return decorate


def by_except(record: Record, clock: Clock) -> Callable[[Call], Call]:
    """Keep all promises in other words."""

    def decorate(func: Call) -> Call:
        async def wrapper(*args: Any, **kwargs: Any) -> Any:
            began = clock()
            try:
                result = await func(*args, **kwargs)
            except BaseException:
                record(NAME, clock() - began, False)
                raise
            record(NAME, clock() - began, True)
            return result

        return wrapper

    return decorate


def swallows(record: Record, clock: Clock) -> Callable[[Call], Call]:
    """Return None for an error."""

    def decorate(func: Call) -> Call:
        async def wrapper(*args: Any, **kwargs: Any) -> Any:
            began, ok, result = clock(), False, None
            try:
                result = await func(*args, **kwargs)
                ok = True
            except Exception:
                pass
            finally:
                record(NAME, clock() - began, ok)
            return result

        return wrapper

    return decorate


def forgets_failures(record: Record, clock: Clock) -> Callable[[Call], Call]:
    """Record what returned, and cancelled calls; no errors."""

    def decorate(func: Call) -> Call:
        async def wrapper(*args: Any, **kwargs: Any) -> Any:
            began, ok, failed = clock(), False, False
            try:
                result = await func(*args, **kwargs)
                ok = True
                return result
            except Exception:
                failed = True
                raise
            finally:
                if not failed:
                    record(NAME, clock() - began, ok)

        return wrapper

    return decorate


def forgets_cancelled(record: Record, clock: Clock) -> Callable[[Call], Call]:
    """Record what returned, and errors; no cancelled calls."""

    def decorate(func: Call) -> Call:
        async def wrapper(*args: Any, **kwargs: Any) -> Any:
            began = clock()
            try:
                result = await func(*args, **kwargs)
            except Exception:
                record(NAME, clock() - began, False)
                raise
            record(NAME, clock() - began, True)
            return result

        return wrapper

    return decorate


def one_start(record: Record, clock: Clock) -> Callable[[Call], Call]:
    """Keep one start for all calls of a function."""

    def decorate(func: Call) -> Call:
        began = 0.0

        async def wrapper(*args: Any, **kwargs: Any) -> Any:
            nonlocal began
            began, ok = clock(), False
            try:
                result = await func(*args, **kwargs)
                ok = True
                return result
            finally:
                record(NAME, clock() - began, ok)

        return wrapper

    return decorate


_waiting: list[float] = []  # starts of the calls under way, of all functions


def counts_twice(record: Record, clock: Clock) -> Callable[[Call], Call]:
    """Record a call again when one inside it is done."""

    def decorate(func: Call) -> Call:
        async def wrapper(*args: Any, **kwargs: Any) -> Any:
            began, ok = clock(), False
            _waiting.append(began)
            try:
                result = await func(*args, **kwargs)
                ok = True
                return result
            finally:
                for start in reversed(_waiting):
                    record(NAME, clock() - start, ok)
                _waiting.remove(began)

        return wrapper

    return decorate


RIGHT: tuple[Tracked, ...] = (by_finally, by_except)
# a bug: the tracker that has it, where to look, what one may believe
BROKEN: dict[str, tuple[Tracked, str, str]] = {
    "swallows an error": (
        swallows,
        "a function that raises, and an assertion that the error came",
        "silent-loss",
    ),
    "records no call that fails": (
        forgets_failures,
        "after the error: one row, with its seconds, not ok",
        "only-success-counts",
    ),
    "records no call that is cancelled": (
        forgets_cancelled,
        "make a task, let it run for a second, cancel it, and look for its row",
        "exception-catches-all",
    ),
    "has one start for all calls": (
        one_start,
        "two calls that overlap, begun at different times, each with its own seconds",
        "one-start-for-all",
    ),
    "counts a call again when one inside it is done": (
        counts_twice,
        "two functions, both tracked, one calling the other: two rows in all",
        "nested-is-twice",
    ),
}


def alarmed(alarm: str) -> str:
    """Where to look when a test is loud for a tracker that keeps its promises."""
    if re.search(r"== \[\(['\"]", alarm):
        return "all trackers here record the name 'call': compare seconds and ok alone"
    if re.search(r"\b0(\.0)?, False", alarm):
        return "a task cancelled before it began has no row: let it run for a while"
    if alarm.startswith("AssertionError"):
        return "your check is loud for a right one: work that line out again"
    if alarm.startswith("CancelledError"):
        return "the cancelled task ends so: `await asyncio.wait([task])` does not raise"
    return "an error of your check's own: catch the error that your function raises"


def alarm_look(check: Callable[[Tracked], Awaitable[Any]]) -> str:
    """The same, of a check that is run here and now."""
    try:
        virtual_time.run(check, by_finally)
    except NotImplementedError:
        raise
    except BaseException as error:
        return alarmed(fault(error, vars(builtins)).text())
    return ""
