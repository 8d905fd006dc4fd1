"""Tasks that wait for their turn: the urgent ones first, a limited number at a time."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable
from contextlib import suppress
from dataclasses import replace
from typing import Any, Self

from tenacity import AsyncRetrying

from session1.deadlines import GIVEN_UP, Exited, SelfCancelled
from session1.limits import positive, positive_int
from session1.runtime.batch import Outcome
from session1.runtime.job import (
    DeadlineExceeded,
    Entry,
    Job,
    Leftover,
    QueueClosed,
    QueueFull,
    QueueStats,
    Waiting,
    WorkerCancelled,
    stream,
)
from session1.runtime.task import Executes, Task
from session1.runtime.threads import Threads

PAUSE = 0.01  # seconds until a cancelled worker is replaced


class TaskQueue:
    """Runs up to `limit` tasks at a time by priority, then in the order they came.

    Plain functions run on as many threads; one that outlives its task, at a deadline
    or cancelled, is counted as `stuck` and its thread is replaced, see `Threads`.

    At most `max_waiting` wait; whoever submits more waits too. A task that fails is
    tried again as `retry` says (see `retries`). Tasks go to `agent` if there is one.
    If a worker is cancelled from outside, its task fails with WorkerCancelled, or
    waits for another worker if `requeue`, which suits tasks that may begin twice.
    """

    def __init__(
        self,
        limit: int = 10,
        max_waiting: int = 1_000,
        *,
        agent: Executes | None = None,
        retry: AsyncRetrying | None = None,
        deadline: float | None = None,
        requeue: bool = False,
    ) -> None:
        self.limit = positive_int("limit", limit)
        self.deadline = None if deadline is None else positive("deadline", deadline)
        self.requeue = requeue
        self._execute: Callable[[Task], Awaitable[Any]] = (
            agent.execute_task_async if agent else Task.execute
        )
        self._retry = retry
        self._stats = QueueStats()
        self._max_waiting = positive_int("max_waiting", max_waiting)
        self._waiting = Waiting(max_waiting)
        self._workers: dict[asyncio.Task[None], Job | None] = {}
        self._threads = Threads(limit)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._closed = False

    async def submit(self, task: Task, *, wait: bool = True) -> Job:
        """Hand in a task; if too many wait, wait too, or raise QueueFull at once."""
        if not isinstance(task, Task):
            kind = type(task).__name__
            raise TypeError(f"a task is a Task(executor=function), not a {kind}")
        self._check_open()
        self._settle_in()
        if self._waiting.full():
            if not wait:
                raise QueueFull(
                    f"{self._waiting.count} tasks wait already; submit later, or with "
                    "wait=True to be let in when there is room"
                )
            await self._waiting.room()
            self._check_open()
        job = Job(task, self._interrupt)
        seconds = task.deadline if task.deadline is not None else self.deadline
        if seconds is not None:
            loop = asyncio.get_running_loop()
            job.timer = loop.call_later(seconds, self._expire, job, seconds)
        self._stats.submitted += 1
        self._enqueue((-task.priority, self._stats.submitted, job))
        return job

    def stream(
        self, tasks: Iterable[Task], *, ordered: bool = False, window: int | None = None
    ) -> AsyncGenerator[tuple[Task, Outcome[Any]], None]:
        """Each task with its outcome, as they end or in the order of `tasks`.

        `tasks` may be endless: it is read as results are taken, `window` (twice the
        limit) ahead. Leave early with `aclosing`, which cancels what was begun.
        """
        size = positive_int("window", 2 * self.limit if window is None else window)
        return stream(self.submit, tasks, ordered=ordered, window=size)

    def stats(self) -> QueueStats:
        """Counts, as they are now."""
        return replace(
            self._stats, waiting=self._waiting.count, stuck=self._threads.stuck
        )

    async def close(
        self, *, drain: bool = True, timeout: float | None = None, grace: float = 1.0
    ) -> Leftover:
        """Refuse new tasks; finish those there are, or stop. What is left is told.

        Draining for longer than `timeout` seconds turns into stopping. Tasks that
        ignore being stopped are waited for during `grace` seconds.
        """
        self._settle_in()
        self._closed = True
        self._waiting.shut()
        try:
            if drain:
                async with asyncio.timeout(timeout):
                    while others := self._others():
                        await asyncio.wait(others)
        except TimeoutError:
            pass
        finally:  # also if we are cancelled while we wait
            left = self._stop()
        if others := self._others():
            await asyncio.wait(others, timeout=grace)
        self._threads.close()
        return left

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, kind: object, *_error: object) -> None:
        await self.close(drain=kind is None)

    def _check_open(self) -> None:
        if self._closed:
            raise QueueClosed("the queue is closed; make another for more tasks")

    def _settle_in(self) -> None:
        """Begin with nothing in a new loop: what an ended one left can never end."""
        loop = asyncio.get_running_loop()
        if loop is self._loop:
            return
        working = [job for job in self._workers.values() if job and not job.done()]
        self._stats.cancelled += len(working) + self._waiting.count
        self._stats.running = 0
        self._waiting = Waiting(self._max_waiting)
        self._workers = {}
        self._loop = loop

    def _others(self) -> list[asyncio.Task[None]]:
        """The workers, but for the one whose task is asking."""
        me = asyncio.current_task()
        return [worker for worker in self._workers if worker is not me]

    def _stop(self) -> Leftover:
        """End every job that has not ended."""
        waiting = self._waiting.jobs()
        running = [
            job
            for worker, job in self._workers.items()
            if job and not job.done() and worker is not asyncio.current_task()
        ]
        for job in waiting + running:
            self._interrupt(job, QueueClosed("the queue was closed before it was done"))
        return Leftover([job.task for job in waiting], [job.task for job in running])

    def _enqueue(self, entry: Entry) -> None:
        self._waiting.push(entry)
        self._fill()

    def _fill(self) -> None:
        """One more worker if there is work for it."""
        if self._waiting.count and len(self._workers) < self.limit:
            worker = asyncio.get_running_loop().create_task(self._work())
            self._workers[worker] = None
            worker.add_done_callback(self._left)

    def _left(self, worker: asyncio.Task[None]) -> None:
        """A worker ended, for want of work or because somebody cancelled it."""
        if worker not in self._workers:  # it is of a loop that has ended
            return
        del self._workers[worker]
        if worker.cancelled():  # maybe by a loop that ends, and should begin nothing
            worker.get_loop().call_later(PAUSE, self._fill)
        else:
            self._fill()

    async def _work(self) -> None:
        """Work tasks off until none waits."""
        worker = asyncio.current_task()
        assert worker is not None
        stats = self._stats
        while (entry := self._waiting.pop()) is not None:
            job = entry[2]
            self._workers[worker] = job
            job.worker = worker
            stats.running += 1
            stats.peak = max(stats.peak, stats.running)
            try:
                with self._threads.lent():
                    await self._attend(worker, entry)
            finally:
                job.worker = None
                if worker in self._workers:  # else of a loop that has ended
                    self._workers[worker] = None
                    stats.running -= 1

    async def _attend(self, worker: asyncio.Task[None], entry: Entry) -> None:
        """Run one job and note its outcome, whatever that is."""
        job = entry[2]
        try:
            if self._retry is None:
                outcome = Outcome(await self._execute(job.task))
            else:
                outcome = Outcome(await self._persist(job.task, self._retry))
        except asyncio.CancelledError:
            if not job.done() and worker.cancelling():
                self._abandon(entry)
                raise
            outcome = Outcome(error=SelfCancelled("it cancelled itself"))
        except KeyboardInterrupt as e:
            if not job.done():
                self._settle(job, Outcome(error=e))
            raise
        except SystemExit as e:  # else the loop would end, and everybody with it
            outcome = Outcome(error=Exited(e))
        except BaseException as e:
            outcome = Outcome(error=e)
        if job.done():  # it was cancelled meanwhile
            await _calm(worker)
        else:
            self._settle(job, outcome)

    async def _persist(self, task: Task, retry: AsyncRetrying) -> Any:
        tries = 0

        async def once() -> Any:
            nonlocal tries
            self._stats.retried += tries > 0
            tries += 1
            return await self._execute(task)

        # a copy, because tenacity keeps the state of a call in the object
        return await retry.copy()(once)

    def _abandon(self, entry: Entry) -> None:
        """The worker was cancelled from outside; its task must not be lost."""
        if self.requeue and not self._closed:
            self._stats.requeued += 1
            self._waiting.push(entry)
        else:
            error = WorkerCancelled("whoever was at the task was cancelled")
            self._settle(entry[2], Outcome(error=error))

    def _expire(self, job: Job, seconds: float) -> None:
        if not job.done():
            self._stats.expired += 1
            what = f"not done within {seconds:g} s: {job.task.objective}"
            self._interrupt(job, DeadlineExceeded(what))

    def _interrupt(self, job: Job, error: BaseException) -> None:
        """End a job now; a worker at it may take until it heeds its cancellation."""
        if job.done():
            return
        self._settle(job, Outcome(error=error))
        if job.worker is not None:
            late = isinstance(error, DeadlineExceeded)
            job.worker.cancel(GIVEN_UP if late else None)
        else:
            self._waiting.drop()

    def _settle(self, job: Job, outcome: Outcome[Any]) -> None:
        if outcome.error is None:
            self._stats.done += 1
        elif isinstance(outcome.error, (asyncio.CancelledError, QueueClosed)):
            self._stats.cancelled += 1
        else:
            self._stats.failed += 1
        job.settle(outcome)


async def _calm(worker: asyncio.Task[None]) -> None:
    """Take back the one cancellation that was meant for the job."""
    with suppress(asyncio.CancelledError):
        await asyncio.sleep(0)  # it may not have arrived, and would hit the next job
    if worker.uncancel():  # another one is meant for the worker
        raise asyncio.CancelledError
