"""Exceptions as data: a class name, the nearest built-in class, a message, a line."""

import asyncio
import builtins
import functools
import re
from collections.abc import AsyncIterator, Mapping
from typing import Any

from coursekit.check.error_messages import WHERE, fault
from coursekit.core.wording import clean
from session1.llm.errors import LLMError

LONG = 2_000
SAID = "__learner_said__"  # set on an error whose class says it otherwise
# what a message alone makes and learners may catch by name: built-ins, and a model's
# error; the rest stand as the next of their bases
BASES: dict[str, type[BaseException]] = {
    name: kind
    for name, kind in vars(builtins).items()
    if isinstance(kind, type)
    and issubclass(kind, Exception)
    and not issubclass(kind, UnicodeError | BaseExceptionGroup)
    and kind not in (StopIteration, StopAsyncIteration)
} | {"CancelledError": asyncio.CancelledError, "LLMError": LLMError}
AS = {"StopIteration": "RuntimeError", "StopAsyncIteration": "RuntimeError"}


def tell(error: BaseException, names: Mapping[str, Any]) -> list[Any]:
    """An error as plain data, with the line of the code that has `names`."""
    known = (*BASES.values(), *vars(builtins).values())
    kinds = [k.__name__ for k in type(error).__mro__ if k in known]
    kinds = [AS.get(k, k) for k in kinds if k in BASES or k in AS]
    missing = getattr(error, "name", None) if isinstance(error, NameError) else None
    where = vars(error).get(WHERE, "")
    try:
        where = where or fault(error, names).where
        said = error.msg if isinstance(error, SyntaxError) else str(error)
    except Exception:
        said = "(its message cannot be shown)"
    name = missing if type(missing) is str else ""
    kind = kinds[0] if kinds else "Exception"
    said = str(said)
    return [t[:LONG] for t in (type(error).__name__, kind, said, where, name)]


async def advance(items: AsyncIterator[Any]) -> list[Any]:
    """The next item in a list; at the end an empty one: StopIteration cannot cross."""
    try:
        return [await anext(items)]
    except StopAsyncIteration:
        return []


def retell(told: Any, args: tuple[Any, ...] | None = None) -> BaseException:
    """Rebuild the exception from `tell`'s data; ValueError when that is malformed.

    `args` are its own where they are known.
    """
    if type(told) is not list or [type(x) for x in told] != [str] * 5:
        raise ValueError("no error")
    name, kind, said, where, missing = (clean(x)[:LONG] for x in told)
    base = BASES.get(kind, Exception)
    if args is None:
        quoted = base is KeyError and re.fullmatch(r"'[^'\\\n]*'", said)
        args = (said[1:-1] if quoted else said,)  # a KeyError shows its key's repr
    error = _made(base, args)
    if name != kind or str(error) != said:
        error = _made(_named(name[:80] or "Exception", kind), args)
        setattr(error, SAID, said)
    if isinstance(error, NameError):
        error.name = missing
    if isinstance(error, SyntaxError):
        error.msg = said
    setattr(error, WHERE, where[:200])
    return error


def _made(kind: type[BaseException], args: tuple[Any, ...]) -> BaseException:
    try:
        return kind(*args)
    except Exception:  # a SyntaxError asks for more of its arguments
        return kind()


@functools.lru_cache(maxsize=256)
def _named(name: str, kind: str) -> type[BaseException]:
    """A class of that name, the same each time, whose message is set apart."""
    base = BASES.get(kind, Exception)
    return type(name, (base,), {"__str__": lambda self: getattr(self, SAID, "")})


def group_of(told: Any, parts: list[BaseException]) -> BaseException:
    """A group as `tell` tells it, of exceptions that are known."""
    both = all(isinstance(part, Exception) for part in parts)
    made = ExceptionGroup if both else BaseExceptionGroup
    return made(re.sub(r" \(\d+ sub-exceptions?\)$", "", str(told[2])), parts)  # type: ignore[type-var]
