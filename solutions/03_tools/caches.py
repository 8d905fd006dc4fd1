"""A cache that keeps all promises and one that breaks each, for tests to meet."""

import asyncio
import contextlib
import copy
import io
from collections.abc import Awaitable, Callable
from typing import Any

from coursekit.core.plain_data import is_plain
from session1.virtual_time import VirtualLoop, run

Ask = Callable[[Any], Awaitable[Any]]
Make = Callable[[Ask], Ask]


def keeps_promises(tool: Ask) -> Ask:
    """Identical calls share a run; an error is raised to all who wait for it."""
    kept: dict[Any, Any] = {}
    flights: dict[Any, asyncio.Task[None]] = {}

    async def keep(key: Any) -> None:
        try:
            kept[key] = await tool(key)
        finally:
            del flights[key]

    async def get(key: Any) -> Any:
        if key not in kept:
            if key not in flights:
                flights[key] = asyncio.create_task(keep(key))
            await asyncio.shield(flights[key])
        return kept[key]

    return get


def hands_out_copies(tool: Ask) -> Ask:
    """Keeps them too, with an equal answer or error for each caller."""
    return copying(keeps_promises(tool))


def copying(get: Ask) -> Ask:
    """A cache that hands out copies of what `get` gives and raises."""

    async def copied(key: Any) -> Any:
        try:
            return another(await get(key))
        except Exception as error:
            raise _raised_again(error) from error.__cause__

    return copied


def another(value: Any) -> Any:
    """An equal value; another object where it can be one."""
    if type(value) is str:
        return "".join(list(value))
    return copy.deepcopy(value) if is_plain(value) else value


def _raised_again(error: Exception) -> Exception:
    """An equal error; a class of the learner's own may not be made from its args."""
    if type(error).__module__ != "builtins":
        return error
    return type(error)(*error.args)


def stampeding(tool: Ask) -> Ask:
    """Look and store with a wait between them."""
    kept: dict[Any, Any] = {}

    async def get(key: Any) -> Any:
        if key not in kept:
            kept[key] = await tool(key)
        return kept[key]

    return get


def in_line(tool: Ask) -> Ask:
    """One key after another."""
    turn, get = asyncio.Semaphore(1), stampeding(tool)

    async def alone(key: Any) -> Any:
        async with turn:
            return await get(key)

    return alone


def mixed_up(tool: Ask) -> Ask:
    """Everybody who waits gets what the first one asked for."""
    running: dict[str, Any] = {}
    get = keeps_promises(tool)

    async def shared(key: Any) -> Any:
        asked = running.setdefault("key", key)
        try:
            return await get(asked)
        finally:
            running.clear()

    return shared


def remembers_errors(tool: Ask) -> Ask:
    """A run that failed is served again."""
    flights: dict[Any, asyncio.Task[Any]] = {}

    async def get(key: Any) -> Any:
        if key not in flights:
            flights[key] = asyncio.ensure_future(tool(key))
        return await asyncio.shield(flights[key])

    return get


def swallows_errors(tool: Ask) -> Ask:
    """A run that failed is answered with None."""
    get = keeps_promises(tool)

    async def calm(key: Any) -> Any:
        with contextlib.suppress(Exception):
            return await get(key)

    return calm


# What each does, where to look when a test does not notice, and the cache.
BROKEN: list[tuple[str, str, Make]] = [
    (
        "stampedes",
        "start callers together, count the runs, and let the AssertionError out",
        stampeding,
    ),
    (
        "makes other keys wait",
        "two keys together, and now() before and after: the time of one run, not two",
        in_line,
    ),
    (
        "mixes up keys that overlap",
        "two keys together, and each answer compared with its key",
        mixed_up,
    ),
    (
        "keeps errors",
        "a tool that fails the first time, and a second call after that",
        remembers_errors,
    ),
    (
        "swallows errors",
        "a tool that fails, and an assertion, outside the `try`, that the call raised",
        swallows_errors,
    ),
]


def a_day() -> VirtualLoop:
    """A virtual clock that ends after a day: somebody may poll for ever."""
    loop = VirtualLoop()
    loop.last = 86_400
    return loop


def most_at_once(test: Callable[[Make], Awaitable[Any]]) -> int:
    """Count how many runs of its tool overlap when `test` meets a stampede."""
    running = most = 0

    def counting(tool: Ask) -> Ask:
        async def counted(key: Any) -> Any:
            nonlocal running, most
            running += 1
            most = max(most, running)
            try:
                return await tool(key)
            finally:
                running -= 1

        return stampeding(counted)

    with contextlib.suppress(Exception):
        run(test, counting, new_loop=a_day)
    return most


def alarm(test: Callable[[Make], Awaitable[Any]]) -> str:
    """Where to look if `test` raises for a cache that keeps its promises."""
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            run(test, keeps_promises, new_loop=a_day)
    except Exception as error:
        return alarmed(f"{type(error).__name__}: {error}")
    return ""


def alarmed(error: str) -> str:
    """Where to look when a test raises this for a cache that keeps its promises."""
    if error.startswith("AssertionError"):
        return (
            "does it ask for more than the promises say, or more than one cache? "
            "or for answers before an `await`?"
        )
    if error.startswith("Stuck"):
        return "what does your tool wait for? it has to come before you await the call"
    if "'await' expression" in error:
        return "`make(tool)` gives the cache at once; `get(key)` is what to await"
    return "does your own tool fail here? catch its error where you expect it"
