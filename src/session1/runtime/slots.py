"""Places for agents: a limited number, handed on in the order people came."""

import asyncio
from collections import deque
from contextlib import suppress
from typing import Generic, TypeVar

T = TypeVar("T")


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
