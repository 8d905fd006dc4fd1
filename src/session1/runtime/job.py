"""A task that was handed in, how it can end, and the counts of a queue."""

import asyncio
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from typing import Any

from session1.deadlines import TimeUp
from session1.runtime.batch import Outcome
from session1.runtime.task import Task


class QueueFull(RuntimeError):
    """As many tasks wait as may wait."""


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
