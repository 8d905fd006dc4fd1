"""Many tasks at once, or in batches that come as they fill and never as a barrier."""

from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from typing import Any

from session1.limits import positive_int, several
from session1.runtime.batch import GiveUp, Outcome, run_batch
from session1.runtime.sync import LoopThread
from session1.runtime.task import Executes, Task
from session1.runtime.task_queue import TaskQueue
from session1.runtime.threads import Threads


async def execute_tasks_concurrently(
    tasks: Sequence[Task], agent: Executes | None = None, limit: int = 50
) -> list[Any]:
    """Each task's result, or the error it failed with, in the order of `tasks`.

    `limit` run at a time, plain functions on as many threads; `agent`, or a pool of
    them, executes them if there is one.
    """
    threads = Threads(positive_int("limit", limit))

    async def work(task: Task, give_up: GiveUp) -> Any:
        with threads.lent():
            return await (agent.execute_task_async(task) if agent else task.execute())

    try:
        outcomes = await run_batch(work, list(several("tasks", tasks)), limit)
    finally:
        threads.close()
    return [o.value if o.error is None else o.error for o in outcomes]


def batch_execute(
    tasks: Iterable[Task],
    batch_size: int = 10,
    agent: Executes | None = None,
    limit: int | None = None,
) -> Iterator[list[Any]]:
    """Lists of `batch_size` results or errors, in the order of `tasks`.

    A plain iterator, also for notebooks: the tasks run on a thread, `limit` (the batch
    size) at a time. The next batch runs while you look at this one, and no further.
    `tasks` is read on that thread as it goes, and may be endless.
    """
    size = positive_int("batch_size", batch_size)
    most = size if limit is None else positive_int("limit", limit)
    several("tasks", tasks)
    return _batches(tasks, size, TaskQueue(most, agent=agent))


def _batches(
    tasks: Iterable[Task], size: int, tasks_queue: TaskQueue
) -> Iterator[list[Any]]:
    ahead = 2 * max(size, tasks_queue.limit)
    with LoopThread() as loop:
        results = tasks_queue.stream(tasks, ordered=True, window=ahead)
        try:
            while batch := loop.run(_take(results, size)):
                yield batch
        finally:
            loop.run(tasks_queue.close(drain=False))


async def _take(
    results: AsyncIterator[tuple[Task, Outcome[Any]]], size: int
) -> list[Any]:
    """The next `size` results or errors, fewer at the end."""
    batch: list[Any] = []
    while len(batch) < size:
        try:
            _, outcome = await anext(results)
        except StopAsyncIteration:
            break
        batch.append(outcome.value if outcome.error is None else outcome.error)
    return batch
