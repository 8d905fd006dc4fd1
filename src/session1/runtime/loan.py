"""A loan of an agent: its errors and counts, the places, and the factory of agents."""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from inspect import isawaitable
from typing import Any, Generic, Protocol, TypeVar

from session1.deadlines import TimeUp, name_of, ordinary

A = TypeVar("A")
T = TypeVar("T")
log = logging.getLogger(__name__)


class PoolTimeout(TimeoutError):
    """No agent came free in time."""


class PoolClosed(RuntimeError):
    """The pool was closed."""


class PoolFull(RuntimeError):
    """The pool has as many agents as it may have."""


@dataclass(slots=True)
class PoolStats:
    """Agents now, and counts since the pool was made."""

    agents: int = 0
    idle: int = 0
    busy: int = 0
    waiting: int = 0
    peak_busy: int = 0
    acquired: int = 0
    created: int = 0
    replaced: int = 0  # they had become unhealthy
    retired: int = 0  # they had nothing to do
    timeouts: int = 0


class Lender(Protocol[A]):
    """Whoever lends agents."""

    async def acquire(self, timeout: float | None = None) -> A: ...
    def release(self, agent: A) -> None: ...


class Loan(Generic[A]):
    """An agent between `acquire` and `release`."""

    __slots__ = ("_agent", "_manager", "_timeout")

    def __init__(self, manager: Lender[A], timeout: float | None) -> None:
        self._manager = manager
        self._timeout = timeout

    async def __aenter__(self) -> A:
        self._agent = await self._manager.acquire(self._timeout)
        return self._agent

    async def __aexit__(self, *_error: object) -> None:
        self._manager.release(self._agent)


def own_health(agent: Any) -> Any:
    """Ask the agent for its own verdict, if it has one."""
    check = getattr(agent, "is_healthy", None)
    return True if check is None else check()


def own_end(agent: Any) -> Any:
    """Its own way to end, if it has one."""
    end = getattr(agent, "aclose", None) or getattr(agent, "close", None)
    return end() if end is not None else None


async def ended(ending: Awaitable[Any]) -> None:
    """Wait for the end of an agent."""
    with quietly():
        await ending


@contextmanager
def quietly() -> Iterator[None]:
    """Log what the end of an agent raises: it is gone for us either way."""
    try:
        yield
    except BaseException as e:
        if ordinary(e) is None:
            raise
        log.warning("an agent could not be disposed of", exc_info=True)


class Slot(Generic[T]):
    """A place and who sits in it, new from the factory or idle since some time."""

    __slots__ = ("fresh", "item", "since")

    def __init__(self, item: T, fresh: bool = False) -> None:
        self.item = item
        self.fresh = fresh
        self.since = 0.0


class Slots(Generic[T]):
    """Up to `size` places; the one that was used last is handed out first."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.used = 0  # places that are taken, by idle ones and those in the making too
        self.idle: deque[Slot[T]] = deque()  # the longest idle first
        self._waiters: deque[asyncio.Future[Slot[T]]] = deque()

    @property
    def waiting(self) -> int:
        """How many wait for a place."""
        return len(self._waiters)

    @property
    def free(self) -> int:
        """How many more places there may be."""
        return self.size - self.used

    async def wait(self, first: bool = False) -> Slot[T]:
        """The next place: behind those who wait already, or `first`."""
        place: asyncio.Future[Slot[T]] = asyncio.get_running_loop().create_future()
        if first:
            self._waiters.appendleft(place)
        else:
            self._waiters.append(place)
        try:
            return await place
        except asyncio.CancelledError:
            if place.cancelled():
                with suppress(ValueError):  # it may be passed over already
                    self._waiters.remove(place)
            elif place.exception() is None:
                self.put(place.result())  # it came at the moment we left
            raise

    def put(self, slot: Slot[T], last: bool = False) -> None:
        """Hand a place to who waits longest; else it is idle, the `last` to be used."""
        if (place := self._next()) is not None:
            place.set_result(slot)
        else:
            slot.fresh = False
            if last and self.idle:
                slot.since = self.idle[0].since
                self.idle.appendleft(slot)
            else:
                self.idle.append(slot)

    def fail(self, error: Exception) -> bool:
        """Give who waits longest an error; False if nobody waits."""
        if (place := self._next()) is None:
            return False
        place.set_exception(error)
        return True

    def _next(self) -> asyncio.Future[Slot[T]] | None:
        while self._waiters:
            place = self._waiters.popleft()
            if not place.done():  # else its owner was cancelled
                return place
        return None


FIRST, LONGEST = 0.05, 5.0  # seconds until a factory that failed is tried again


class FactoryFailed(RuntimeError):
    """The factory of a pool made no agent; the text names it and says why."""


class Factory:
    """Calls `make`, plain or async, which has `seconds` for an agent.

    An error of `make` is raised as it is, with a note that names the factory; anything
    else that is not an agent is FactoryFailed. After failures in a row the next call
    waits before it tries, each time twice as long, up to LONGEST seconds.
    """

    def __init__(self, make: Callable[[], Any], seconds: float) -> None:
        self.name = name_of(make)
        self.seconds = seconds
        self._make = make
        self._failed = 0  # times in a row

    async def __call__(self) -> Any:
        """A new agent."""
        if self._failed:
            await asyncio.sleep(min(FIRST * 2.0 ** (self._failed - 1), LONGEST))
        try:
            agent = await self._made()
        except Exception:
            self._failed = min(self._failed + 1, 10)
            raise
        self._failed = 0
        return agent

    async def _made(self) -> Any:
        scope = asyncio.timeout(self.seconds)
        try:
            async with scope:
                agent = self._make()
                if isawaitable(agent):
                    agent = await agent
        except BaseException as e:
            error = ordinary(e)
            if isinstance(e, TimeoutError) and scope.expired():
                error = TimeUp(f"it made no agent within {self.seconds:g} s")
            if error is not None and error is not e:
                raise FactoryFailed(f"the factory {self.name} failed: {error}") from e
            e.add_note(f"It was raised by {self.name}, the factory of the pool.")
            raise
        if agent is None:
            raise FactoryFailed(
                f"the factory {self.name} returned None; have it return the agent"
            )
        return agent
