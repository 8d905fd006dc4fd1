"""Identical calls made at the same time run once, and every caller gets the outcome."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from contextvars import ContextVar
from typing import Generic, TypeVar

from session1.deadlines import GIVEN_UP, Exited, TimeUp
from session1.limits import number

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

# The flights that the running code is itself part of, outermost first.
_inside: ContextVar[tuple[tuple[int, Hashable], ...]] = ContextVar("inside", default=())


class FlightCancelled(RuntimeError):
    """The shared work ended cancelled although no caller had a part in that."""


class SingleFlight(Generic[K, V]):
    """Runs `work` once for all who ask for the same key while it runs.

    The work belongs to no caller: a caller who is cancelled or times out leaves it
    running for the others, and for the cache that it may fill at its end. A failure
    reaches every caller and is forgotten. `patience` is how many seconds work may
    take before it is given up and its callers get `TimeUp`; None is for ever.
    """

    def __init__(self, patience: float | None = None) -> None:
        if patience is not None and not number("patience", patience) > 0:
            raise ValueError(f"patience is {patience}; give seconds, or None for ever")
        self.patience = patience
        self.started = 0
        self.joined = 0
        self._flights: dict[K, _Flight[V]] = {}

    async def run(self, key: K, work: Callable[[], Awaitable[V]]) -> V:
        """The outcome of `work()`, or of the same work that already runs for `key`."""
        mark = (id(self), key)
        flight = self._flights.get(key)
        if flight is not None and mark in _inside.get():
            raise RecursionError("this work would wait for its own outcome for ever")
        # A flight left behind by a loop that was stopped will never land: start anew.
        if flight is None or flight.loop is not asyncio.get_running_loop():
            flight = self._start(key, mark, work)
        else:
            self.joined += 1
        return await flight.landed()

    def __contains__(self, key: K) -> bool:
        """Whether a call for `key` made now would join one that runs."""
        flight = self._flights.get(key)
        return flight is not None and flight.loop is asyncio.get_running_loop()

    def __len__(self) -> int:
        """Pieces of work that run right now."""
        return len(self._flights)

    def _start(
        self, key: K, mark: tuple[int, Hashable], work: Callable[[], Awaitable[V]]
    ) -> "_Flight[V]":
        self.started += 1
        token = _inside.set((*_inside.get(), mark))
        flight: _Flight[V] = _Flight(
            work, self.patience, lambda: self._forget(key, flight)
        )
        _inside.reset(token)
        self._flights[key] = flight
        return flight

    def _forget(self, key: K, flight: "_Flight[V]") -> None:
        if self._flights.get(key) is flight:
            del self._flights[key]


class _Flight(Generic[V]):
    """One run of shared work and the callers who wait for it."""

    def __init__(
        self,
        work: Callable[[], Awaitable[V]],
        patience: float | None,
        on_end: Callable[[], None],
    ) -> None:
        self.loop = asyncio.get_running_loop()
        self._on_end = on_end
        self._waiting: set[asyncio.Future[None]] = set()
        self._expired = False
        self._task = self.loop.create_task(_awaited(work))
        self._task.add_done_callback(self._end)
        self._timer = (
            None if patience is None else self.loop.call_later(patience, self._give_up)
        )

    async def landed(self) -> V:
        """Wait for the work; leaving early, by cancellation, leaves it running."""
        # A future each: awaiting the task itself would cancel it with the caller, and
        # asyncio.shield reports a failure that comes after the caller has left.
        if not self._task.done():
            waiter = self.loop.create_future()
            self._waiting.add(waiter)
            try:
                await waiter
            finally:
                self._waiting.discard(waiter)
        if self._expired:
            raise TimeUp("the shared work was given up: it took too long")
        if self._task.cancelled():
            raise FlightCancelled("the shared work cancelled itself")
        return self._task.result()

    def _give_up(self) -> None:
        """Release the callers at once: work may ignore that it is cancelled."""
        if self._task.done():
            return
        self._expired = True
        self._task.cancel(GIVEN_UP)
        self._release()

    def _end(self, task: asyncio.Task[V]) -> None:
        if self._timer is not None:
            self._timer.cancel()
        if not task.cancelled():
            task.exception()  # mark as seen: callers may all have left
        self._release()

    def _release(self) -> None:
        self._on_end()
        for waiter in self._waiting:
            if not waiter.done():
                waiter.set_result(None)


async def _awaited(work: Callable[[], Awaitable[V]]) -> V:
    try:
        return await work()
    except SystemExit as e:  # else the loop would end, and everybody with it
        raise Exited(e) from e
