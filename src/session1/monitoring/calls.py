"""Time a function's calls, whatever its kind, and count how they ended.

Plain, async, generator and async generator functions have one wrapper each. The time
of a generator is what its own steps take, not what its reader does in between; it
counts once, when it ends or is closed.
"""

from collections.abc import AsyncGenerator, Awaitable, Callable, Generator, Iterable
from concurrent.futures import CancelledError
from functools import update_wrapper
from inspect import (
    isasyncgenfunction,
    iscoroutinefunction,
    isgeneratorfunction,
)
from types import CoroutineType
from typing import Any, Literal, TypeVar

from session1.monitoring.histogram import Histogram
from session1.monitoring.series import Series, distribution

Outcome = Literal["success", "error", "timeout", "cancelled"]
OUTCOMES: tuple[Outcome, ...] = ("success", "error", "timeout", "cancelled")
F = TypeVar("F", bound=Callable[..., Any])
Function = Callable[..., Any]


def outcome_of(error: BaseException | None) -> Outcome:
    """Return how a call ended; Ctrl-C or a caller that left is not the call's error.

    That is so for a generator closed before its end, too.
    """
    if error is None:
        return "success"
    if isinstance(error, TimeoutError):
        return "timeout"
    if isinstance(error, CancelledError) or not isinstance(error, Exception):
        return "cancelled"
    return "error"


class Calls:
    """The calls of the function `name`: a series of seconds for each outcome.

    `fail` gets errors and timeouts. Safe to share between threads.
    """

    __slots__ = ("clock", "fail", "name", "outcomes", "succeeded")

    def __init__(
        self,
        name: str,
        make: Callable[[], Series],
        clock: Callable[[], float],
        fail: Callable[[BaseException, dict[str, Any]], None],
    ) -> None:
        self.name = name
        self.clock = clock
        self.fail = fail
        self.outcomes: dict[Outcome, Series] = {how: make() for how in OUTCOMES}
        self.succeeded = self.outcomes["success"].took

    def failed(self, error: BaseException, began: float) -> None:
        """Count a call that raised `error`."""
        how = outcome_of(error)
        self.outcomes[how].took(began)
        self._tell(how, error)

    def ended(self, seconds: float, error: BaseException | None) -> None:
        """Count a call that took `seconds` in all."""
        how = outcome_of(error)
        self.outcomes[how].spent(seconds)
        self._tell(how, error)

    def _tell(self, how: Outcome, error: BaseException | None) -> None:
        if error is not None and how != "cancelled":
            self.fail(error, {"function": self.name})


def figures(some: Iterable[Calls]) -> dict[str, Any]:
    """Counts, rates, throughput and latency of the calls of several functions.

    Rates are shares of the calls that ended by themselves, so cancelled ones are left
    out; they are None when there are none. `throughput` is successes a second over
    the window, None if no time has passed: under little load it says how much was
    asked, not how much could be served. Latency, in seconds, is of all calls.
    """
    calls = list(some)
    counts, latency = dict.fromkeys(OUTCOMES, 0), Histogram()
    for how in OUTCOMES:
        for one in calls:
            before = len(latency)
            one.outcomes[how].add_to(latency)
            counts[how] += len(latency) - before
    speeds = [one.outcomes["success"].rate() for one in calls]
    ended = sum(counts.values()) - counts["cancelled"]
    rates = {f"{how}_rate": counts[how] / ended if ended else None for how in OUTCOMES}
    del rates["cancelled_rate"]
    return {
        "calls": sum(counts.values()),
        "successes": counts["success"],
        "errors": counts["error"],
        "timeouts": counts["timeout"],
        "cancelled": counts["cancelled"],
        **rates,
        "throughput": None if None in speeds else sum(filter(None, speeds)),
        "latency": distribution(latency),
    }


def timed(func: F, calls: Calls) -> F:
    """`func` with the same signature and kind, counted in `calls`."""
    if isinstance(func, (staticmethod, classmethod)):
        wrapped: Any = type(func)(timed(func.__func__, calls))
    elif isinstance(func, type) or not callable(func):
        raise TypeError(
            f"only functions are tracked, not {func!r}: "
            "put the decorator directly above the def"
        )
    else:
        wrapped = update_wrapper(_wrapper(func)(func, calls), func)
    return wrapped


def name_of(func: Function) -> str:
    """The function's name with its class, without the function it was made in."""
    name: str = getattr(func, "__qualname__", type(func).__qualname__)
    return name.rpartition("<locals>.")[2]


def _wrapper(func: Function) -> Callable[[Function, Calls], Function]:
    kinds = {
        iscoroutinefunction: _async,
        isasyncgenfunction: _async_generator,
        isgeneratorfunction: _generator,
    }
    # the call of an object whose class defines it
    target = func if hasattr(func, "__name__") else type(func).__call__
    for is_kind, wrapper in kinds.items():
        if is_kind(func) or is_kind(target):
            return wrapper
    return _plain


def _plain(func: Function, calls: Calls) -> Function:
    clock, succeeded, failed = calls.clock, calls.succeeded, calls.failed

    def call(*args: Any, **kwargs: Any) -> Any:
        began = clock()
        try:
            result = func(*args, **kwargs)
        except BaseException as error:
            failed(error, began)
            raise
        if type(result) is CoroutineType:  # so even where a decorator hid `async`
            return _awaited(result, began, calls)
        succeeded(began)
        return result

    return call


def _async(func: Function, calls: Calls) -> Function:
    begin = _plain(func, calls)

    async def call(*args: Any, **kwargs: Any) -> Any:
        return await begin(*args, **kwargs)

    return call


async def _awaited(rest: Awaitable[Any], began: float, calls: Calls) -> Any:
    try:
        result = await rest
    except BaseException as error:
        calls.failed(error, began)
        raise
    calls.succeeded(began)
    return result


def _generator(func: Function, calls: Calls) -> Function:
    def call(*args: Any, **kwargs: Any) -> Generator[Any, Any, Any]:
        steps = _Steps(func(*args, **kwargs), calls)
        try:
            result = yield from steps
        except BaseException as error:
            calls.ended(steps.seconds, error)
            raise
        calls.ended(steps.seconds, None)
        return result

    return call


class _Steps:
    """A generator whose steps are timed; `yield from` hands everything on."""

    def __init__(self, inner: Generator[Any, Any, Any], calls: Calls) -> None:
        self._inner = inner
        self._clock = calls.clock
        self.seconds = 0.0

    def __iter__(self) -> "_Steps":
        return self

    def __next__(self) -> Any:
        return self._timed(next, self._inner)

    def send(self, value: Any) -> Any:
        return self._timed(self._inner.send, value)

    def throw(self, *error: Any) -> Any:
        return self._timed(self._inner.throw, *error)

    def close(self) -> None:
        self._timed(self._inner.close)

    def _timed(self, step: Function, *args: Any) -> Any:
        began = self._clock()
        try:
            return step(*args)
        finally:
            self.seconds += self._clock() - began


def _async_generator(func: Function, calls: Calls) -> Function:
    clock = calls.clock

    async def call(*args: Any, **kwargs: Any) -> AsyncGenerator[Any, Any]:
        inner, seconds = func(*args, **kwargs), 0.0
        step = inner.__anext__()
        try:
            while True:
                began = clock()
                try:
                    item = await step
                except StopAsyncIteration:
                    break
                finally:
                    seconds += clock() - began
                try:
                    sent = yield item
                except GeneratorExit:
                    await inner.aclose()
                    raise
                except BaseException as error:  # thrown in by the reader
                    step = inner.athrow(error)
                else:
                    step = inner.asend(sent)
        except BaseException as error:
            calls.ended(seconds, error)
            raise
        calls.ended(seconds, None)

    return call
