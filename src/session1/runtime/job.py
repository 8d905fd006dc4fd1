"""A task that was handed in: how it can end, how it waits, how results stream."""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator, Iterable
from dataclasses import dataclass, field
from functools import partial
from heapq import heapify, heappop, heappush
from operator import itemgetter
from typing import Any

from session1.deadlines import TimeUp
from session1.runtime.batch import Outcome
from session1.runtime.task import Task


class QueueFull(RuntimeError):
    """As many tasks wait as the queue takes."""


class QueueClosed(RuntimeError):
    """The queue was closed, so a task was refused or not run."""


class DeadlineExceeded(TimeUp):
    """A task was not done when its deadline came."""


class WorkerCancelled(RuntimeError):
    """Somebody cancelled the worker that was at the task, not the task."""


@dataclass(slots=True)
class QueueStats:
    """Counts since the queue was made; each task ends as done, failed or cancelled.

    Failed ones include `expired`. `requeued` and `retried` count further beginnings.
    `stuck` threads are held, now, by plain functions that nobody waits for any more.
    """

    submitted: int = 0
    waiting: int = 0
    running: int = 0
    peak: int = 0
    done: int = 0
    failed: int = 0
    cancelled: int = 0
    expired: int = 0
    retried: int = 0
    requeued: int = 0
    stuck: int = 0


@dataclass(slots=True)
class Leftover:
    """The tasks that a closed queue did not finish."""

    not_run: list[Task] = field(default_factory=list)
    interrupted: list[Task] = field(default_factory=list)


class Job:
    """A task in a queue; `await` it for the result, or its error."""

    __slots__ = ("_cancel", "ended", "task", "timer", "worker")

    def __init__(
        self, task: Task, cancel: Callable[["Job", BaseException], None]
    ) -> None:
        self.task = task
        self._cancel = cancel
        # It holds an outcome and never an error, which somebody would have to see.
        self.ended: asyncio.Future[Outcome[Any]] = (
            asyncio.get_running_loop().create_future()
        )
        self.worker: asyncio.Task[None] | None = None  # who is at it
        self.timer: asyncio.TimerHandle | None = None  # for its deadline

    def done(self) -> bool:
        """Whether its outcome is known."""
        return self.ended.done()

    def cancel(self) -> None:
        """End it, running or not; nothing happens if it is done."""
        self._cancel(self, asyncio.CancelledError("the task was cancelled"))

    async def outcome(self) -> Outcome[Any]:
        """Its value or error, as soon as there is one; never raises the error."""
        if not self.ended.done():
            # shielded, because others may wait for it as well
            await asyncio.shield(self.ended)
        return self.ended.result()

    def __await__(self) -> Generator[Any, None, Any]:
        outcome = yield from self.outcome().__await__()
        if outcome.error is not None:
            raise outcome.error
        return outcome.value

    def settle(self, outcome: Outcome[Any]) -> None:
        """Make its outcome known."""
        if self.timer is not None:
            self.timer.cancel()
        self.ended.set_result(outcome)


Entry = tuple[int, int, Job]  # smaller ones go first: minus priority, number, job


class Waiting:
    """Up to `size` jobs by priority, then by number."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.count = 0
        self._heap: list[Entry] = []
        self._dead = 0  # entries of the heap whose job was cancelled meanwhile
        self._doors: deque[asyncio.Future[None]] = deque()
        self._let_in = 0  # who may come in and has not come yet
        self._shut = False

    def full(self) -> bool:
        """Whether a new one has to wait at the door, behind those who wait there."""
        return bool(self._doors) or self.count + self._let_in >= self.size

    async def room(self) -> None:
        """Wait at the door until there is room, or it is shut for good."""
        door = asyncio.get_running_loop().create_future()
        self._doors.append(door)
        try:
            await door
        except asyncio.CancelledError:
            if door in self._doors:
                self._doors.remove(door)
            else:
                self._let_in -= 1
                self._open()  # it was our turn, which another one gets
            raise
        self._let_in -= 1

    def shut(self) -> None:
        """Turn away everyone who waits at the door."""
        self._shut = True
        self._open()

    def push(self, entry: Entry) -> None:
        """Add a job, even if there is no room: it may come back from a worker."""
        heappush(self._heap, entry)
        self.count += 1

    def pop(self) -> Entry | None:
        """The one whose turn it is."""
        while self._heap:
            entry = heappop(self._heap)
            if not entry[2].done():
                self.count -= 1
                self._open()
                return entry
            self._dead -= 1
        return None

    def drop(self) -> None:
        """One of them was settled where it is; keep the heap from filling with such."""
        self.count -= 1
        self._dead += 1
        if self._dead > 64 + self.count:
            self._heap = [entry for entry in self._heap if not entry[2].done()]
            heapify(self._heap)
            self._dead = 0
        self._open()

    def jobs(self) -> list[Job]:
        """Those that wait, in their order."""
        entries = sorted(self._heap, key=itemgetter(0, 1))
        return [job for *_, job in entries if not job.done()]

    def _open(self) -> None:
        while self._doors and (self._shut or self.count + self._let_in < self.size):
            self._let_in += 1
            door = self._doors.popleft()
            if not door.done():  # else it was cancelled, and will say so
                door.set_result(None)


async def stream(
    submit: Callable[[Task], Awaitable[Job]],
    tasks: Iterable[Task],
    *,
    ordered: bool,
    window: int,
) -> AsyncGenerator[tuple[Task, Outcome[Any]], None]:
    """Each task with its outcome; at most `window` are begun and not yet taken."""
    source = iter(tasks)
    begun: dict[Job, None] = {}
    ended: asyncio.Queue[Job] = asyncio.Queue()

    async def begin() -> bool:
        """Submit the next one, if there is one."""
        for task in source:
            job = await submit(task)
            begun[job] = None
            if not ordered:
                job.ended.add_done_callback(partial(_note, ended, job))
            return True
        return False

    more = True
    try:
        while True:
            while more and len(begun) < window:
                more = await begin()
            if not begun:
                return
            job = next(iter(begun)) if ordered else await ended.get()
            outcome = await job.outcome()
            del begun[job]
            yield job.task, outcome
    finally:
        for job in begun:
            job.cancel()


def _note(ended: asyncio.Queue[Job], job: Job, _: object) -> None:
    ended.put_nowait(job)
