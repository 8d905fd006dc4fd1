"""Random histories of the pool and the queue: limits hold, nothing is lost or doubled.

Each history is a list of steps played on virtual time; what must hold is checked after
every step, and at the end that everything came to an end.
"""

import asyncio
from collections import Counter
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from session1 import virtual_time
from session1.runtime.agent_manager import AgentManager
from session1.runtime.job import Job, QueueFull
from session1.runtime.loan import PoolTimeout
from session1.runtime.retry import retries
from session1.runtime.task import Task
from session1.runtime.task_queue import TaskQueue
from session1.virtual_time import now

pause = st.sampled_from([0.0, 0.5, 1.0, 2.0, 5.0])
small = st.integers(0, 7)

pool_steps = st.lists(
    st.one_of(
        st.tuples(st.just("use"), pause, st.sampled_from([0.5, 1.0, 9.0])),
        st.tuples(st.just("cancel"), small),
        st.tuples(st.just("sleep"), pause),
        st.tuples(st.just("sicken"), small),
        st.tuples(st.just("factory"), st.booleans()),
    ),
    max_size=25,
)


class Ill:
    """An agent that knows whether it is lent and well."""

    def __init__(self) -> None:
        self.well = True
        self.lent = False
        self.ended = 0

    async def is_healthy(self) -> bool:
        await asyncio.sleep(0.25)
        return self.well

    def close(self) -> None:
        self.ended += 1


@settings(max_examples=150)
@given(pool_steps, st.integers(1, 4), st.integers(0, 2), st.sampled_from([0.0, 1.0]))
def test_pool(steps: list[Any], most: int, idle: int, make_s: float) -> None:
    made: list[Ill] = []
    works = True

    async def factory() -> Ill:
        await asyncio.sleep(make_s)
        if not works:
            raise ConnectionError("no agent today")
        made.append(Ill())
        return made[-1]

    async def main() -> None:
        nonlocal works
        pool = AgentManager[Ill](
            most, min(idle, most), factory=factory, idle_seconds=4, clock=now
        )
        users: list[asyncio.Task[None]] = []

        async def use(seconds: float, timeout: float) -> None:
            try:
                async with pool.agent(timeout) as agent:
                    assert not agent.lent and not agent.ended
                    agent.lent = True
                    try:
                        await asyncio.sleep(seconds)
                    finally:
                        agent.lent = False
            except (PoolTimeout, ConnectionError):
                pass

        def check() -> None:
            stats = pool.stats()
            alive = [agent for agent in made if not agent.ended]
            assert stats.busy == sum(agent.lent for agent in made)
            assert len(alive) <= stats.agents <= most
            assert stats.idle + stats.busy <= stats.agents
            assert not (stats.idle and stats.waiting)

        async with pool:
            for step in steps:
                match step:
                    case "use", seconds, timeout:
                        work = use(seconds, timeout)
                        users.append(asyncio.create_task(work))
                        await asyncio.sleep(0)
                    case "cancel", n if n < len(users):
                        users[n].cancel()
                    case "sleep", seconds:
                        await asyncio.sleep(seconds)
                    case "sicken", n if n < len(made):
                        made[n].well = made[n].lent  # the lent ones stay well
                    case "factory", works:
                        pass
                check()
            works = True
            if users:
                await asyncio.wait(users)
            check()
            for user in users:
                assert user.cancelled() or user.exception() is None
            # all places are to be had again
            agents = [await pool.acquire(60) for _ in range(most)]
            assert len(set(map(id, agents))) == most
            for agent in agents:
                pool.release(agent)
        assert all(agent.ended == 1 for agent in made)
        assert pool.stats().agents == 0

    virtual_time.run(main)


queue_steps = st.lists(
    st.one_of(
        st.tuples(
            st.just("submit"),
            st.integers(-1, 1),  # priority
            pause,
            st.sampled_from(["value", "error", "flaky", "cancel itself", "stubborn"]),
            st.sampled_from([None, 0.5, 3.0]),  # deadline
        ),
        st.tuples(st.just("cancel"), small),
        st.tuples(st.just("kill worker"), small),
        st.tuples(st.just("sleep"), pause),
    ),
    max_size=25,
)


@settings(max_examples=150)
@given(
    queue_steps,
    st.integers(1, 3),
    st.integers(1, 4),
    st.booleans(),
    st.sampled_from(["drain", "stop", "patience"]),
)
def test_queue(
    steps: list[Any], limit: int, size: int, requeue: bool, end: str
) -> None:
    began: Counter[int] = Counter()
    finished: Counter[int] = Counter()
    running = most = 0

    async def work(n: int, seconds: float, how: str) -> int:
        nonlocal running, most
        began[n] += 1
        running += 1
        most = max(most, running)
        try:
            if how == "stubborn":
                try:
                    await asyncio.sleep(seconds)
                except asyncio.CancelledError:
                    await asyncio.sleep(0.5)
            else:
                await asyncio.sleep(seconds)
            if how == "error":
                raise ValueError(n)
            if how == "flaky" and began[n] == 1:
                raise ConnectionError(n)
            if how == "cancel itself":
                raise asyncio.CancelledError
            finished[n] += 1
            return n
        finally:
            running -= 1

    async def main() -> None:
        queue = TaskQueue(
            limit, size, requeue=requeue, retry=retries(2, rng=lambda: 0.5)
        )
        jobs: list[Job] = []
        for step in steps:
            match step:
                case "submit", priority, seconds, how, deadline:
                    inputs = {"n": len(jobs), "seconds": seconds, "how": how}
                    task = Task(how, work, inputs, priority, deadline)
                    try:
                        jobs.append(await queue.submit(task, wait=False))
                    except QueueFull:
                        assert queue.stats().waiting == size
                case "cancel", n if n < len(jobs):
                    jobs[n].cancel()
                case "kill worker", n if n < len(jobs) and jobs[n].worker:
                    jobs[n].worker.cancel()
                case "sleep", seconds:
                    await asyncio.sleep(seconds)
            stats = queue.stats()
            assert stats.running <= limit
            # a task that goes back to wait may be one too many
            assert stats.waiting <= size + stats.requeued
            ended = stats.done + stats.failed + stats.cancelled
            assert ended == sum(job.done() for job in jobs)
            assert stats.submitted == len(jobs)
        timeout = 2 if end == "patience" else None
        left = await queue.close(drain=end != "stop", timeout=timeout, grace=50)
        assert end != "drain" or left.not_run == left.interrupted == []
        assert most <= limit
        assert running == 0 and queue.stats().running == 0
        for n, job in enumerate(jobs):
            assert job.done()  # nothing is lost
            outcome = job.ended.result()
            if outcome.error is None:
                assert outcome.value == n
                assert finished[n] == 1 or requeue  # nothing is done twice
            if job.task in left.not_run:
                assert finished[n] == 0
            assert finished[n] <= 1 or requeue

    virtual_time.run(main)
