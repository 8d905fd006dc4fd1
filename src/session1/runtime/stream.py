"""Results as they come: a window over the tasks, without a barrier between batches."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable
from functools import partial
from typing import Any

from session1.runtime.batch import Outcome
from session1.runtime.job import Job
from session1.runtime.task import Task


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
