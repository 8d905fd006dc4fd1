"""Run many calls, a bounded number at a time, and report each one's outcome."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Generic, TypeVar, cast

Item = TypeVar("Item")
T = TypeVar("T")


@dataclass(slots=True)
class Outcome(Generic[T]):
    """The result of a call, or the error it ended with."""

    value: T | None = None
    error: BaseException | None = None


GiveUp = Callable[[BaseException], None]
Work = Callable[[Item, GiveUp], Coroutine[Any, Any, T]]


async def run_batch(
    work: Work[Item, T], items: Sequence[Item], limit: int
) -> list[Outcome[T]]:
    """Outcomes of `work(item, give_up)` in the order of `items`, `limit` at a time.

    A call that fails, is cancelled or cancels itself costs the others nothing. With
    `give_up(error)` it is ended from outside, and the batch goes on without it. If
    the batch itself is cancelled so are the calls that still run.
    """
    if limit < 1:
        raise ValueError(f"limit is {limit}; at least 1 call has to run at a time")
    if not items:
        return []
    return await _Batch(work, items).run(limit)


class _Batch(Generic[Item, T]):
    """A window over the items: each one that ends lets the next one in."""

    def __init__(self, work: Work[Item, T], items: Sequence[Item]) -> None:
        self._loop = asyncio.get_running_loop()
        self._work = work
        self._items = items
        self._next = 0
        self._outcomes: list[Outcome[T] | None] = [None] * len(items)
        self._unsettled = len(items)
        self._tasks: set[asyncio.Task[T]] = set()
        self._all_settled = self._loop.create_future()

    async def run(self, limit: int) -> list[Outcome[T]]:
        for _ in range(min(limit, len(self._items))):
            self._start()
        try:
            await self._all_settled
        finally:
            self._next = len(self._items)
            for task in self._tasks:
                task.cancel()
        return cast(list[Outcome[T]], self._outcomes)

    def _start(self) -> None:
        i = self._next
        self._next += 1
        call = self._work(self._items[i], partial(self._give_up, i))
        task = self._loop.create_task(call)
        self._tasks.add(task)
        task.add_done_callback(partial(self._ended, i))

    def _ended(self, i: int, task: asyncio.Task[T]) -> None:
        self._tasks.discard(task)
        if task.cancelled():
            self._settle(i, Outcome(error=asyncio.CancelledError("cancelled")))
        elif (error := task.exception()) is not None:
            self._settle(i, Outcome(error=error))
        else:
            self._settle(i, Outcome(task.result()))

    def _give_up(self, i: int, error: BaseException) -> None:
        self._settle(i, Outcome(error=error))

    def _settle(self, i: int, outcome: Outcome[T]) -> None:
        """Keep the first outcome; a call given up may still end later."""
        if self._outcomes[i] is not None:
            return
        self._outcomes[i] = outcome
        self._unsettled -= 1
        if self._next < len(self._items):
            self._start()
        elif not self._unsettled and not self._all_settled.done():
            self._all_settled.set_result(None)
