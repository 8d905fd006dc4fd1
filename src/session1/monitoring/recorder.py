"""Run a function of any kind inside something that records what it does."""

from collections.abc import Callable, Coroutine
from contextlib import AbstractContextManager
from inspect import (
    isasyncgenfunction,
    iscoroutine,
    iscoroutinefunction,
    unwrap,
)
from types import GeneratorType
from typing import Any, Protocol, TypeVar

T = TypeVar("T", covariant=True)


class Recorder(AbstractContextManager[Any], Protocol[T]):
    """Records while its `with` block runs; `result` is what it found."""

    @property
    def result(self) -> T: ...


def recorded(
    recorder: Recorder[T], func: Callable[..., Any], args: Any, kwargs: Any
) -> Any:
    """Return the result of `func(*args, **kwargs)` and the findings of `recorder`.

    A generator is read to its end and its items are what it returned. For an async
    function this is a coroutine that gives the pair, so `await` it.
    """
    inner = unwrap(func) if callable(func) else func
    if iscoroutinefunction(func) or iscoroutinefunction(inner):
        return _awaited(recorder, func(*args, **kwargs))
    if isasyncgenfunction(func) or isasyncgenfunction(inner):
        return _awaited(recorder, _all(func(*args, **kwargs)))
    with recorder:
        value = func(*args, **kwargs)
        if type(value) is GeneratorType:
            value = list(value)
    if iscoroutine(value):
        value.close()
        raise TypeError(
            f"{func!r} is not an async function but returned a coroutine: "
            "give the async function itself"
        )
    return value, recorder.result


async def _awaited(recorder: Recorder[T], work: Coroutine[Any, Any, Any]) -> Any:
    with recorder:
        value = await work
    return value, recorder.result


async def _all(items: Any) -> list[Any]:
    return [item async for item in items]
