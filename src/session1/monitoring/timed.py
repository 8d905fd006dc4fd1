"""Time the calls of a function of any kind: plain, async, generator, async generator.

Each has one wrapper. The time of a generator is what its own steps take, not what its
reader does in between; it counts once, when it ends or is closed.
"""

from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
from functools import update_wrapper
from inspect import (
    isasyncgenfunction,
    iscoroutinefunction,
    isgeneratorfunction,
)
from types import CoroutineType
from typing import Any, TypeVar

from session1.monitoring.calls import Calls

F = TypeVar("F", bound=Callable[..., Any])
Function = Callable[..., Any]


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
