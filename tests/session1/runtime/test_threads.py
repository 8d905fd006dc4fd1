"""Plain functions: as many at a time as promised, and the stuck ones stop nobody."""

import asyncio
import contextvars
import gc
import threading
from collections.abc import Callable
from typing import Any

import pytest

from session1.base_agent import BaseAgent
from session1.llm.simulated import SimulatedLLM
from session1.optimized_tools import OptimizedToolAgent
from session1.runtime.agent_manager import AgentManager
from session1.runtime.batches import batch_execute, execute_tasks_concurrently
from session1.runtime.job import DeadlineExceeded
from session1.runtime.task import Task
from session1.runtime.task_queue import TaskQueue
from session1.runtime.threads import AllStuck, Threads, on_thread
from session1.tool import Tool

pytestmark = pytest.mark.slow

MANY = 20  # more than the threads of an event loop on up to 15 cores


def helper() -> BaseAgent:
    return BaseAgent("helper", "Helps.", SimulatedLLM())


async def by_queue(tasks: list[Task]) -> list[Any]:
    async with TaskQueue(MANY) as queue:
        values = [o.value async for _, o in queue.stream(tasks)]
    assert queue.stats().peak == MANY
    return values


async def by_queue_of_an_agent(tasks: list[Task]) -> list[Any]:
    async with TaskQueue(MANY, agent=helper()) as queue:
        return [o.value async for _, o in queue.stream(tasks)]


async def by_queue_of_a_pool(tasks: list[Task]) -> list[Any]:
    async with (
        AgentManager(MANY, 0, factory=helper) as pool,
        TaskQueue(MANY, agent=pool) as queue,
    ):
        return [o.value async for _, o in queue.stream(tasks)]


async def by_pool(tasks: list[Task]) -> list[Any]:
    async with AgentManager(MANY, 0, factory=helper) as pool:
        return list(await asyncio.gather(*map(pool.execute_task_async, tasks)))


async def concurrently(tasks: list[Task]) -> list[Any]:
    return await execute_tasks_concurrently(tasks, limit=MANY)


async def in_batches(tasks: list[Task]) -> list[Any]:
    return await asyncio.to_thread(
        lambda: [value for batch in batch_execute(tasks, MANY) for value in batch]
    )


@pytest.mark.parametrize(
    "way",
    [
        by_queue,
        by_queue_of_an_agent,
        by_queue_of_a_pool,
        by_pool,
        concurrently,
        in_batches,
    ],
)
def test_as_many_run_at_once_as_the_limit_says(way: Any) -> None:
    met = threading.Barrier(MANY)  # passes only while all of them are inside
    now, most, lock = [0], [0], threading.Lock()

    def meet() -> str:
        with lock:
            now[0] += 1
            most[0] = max(most[0], now[0])
        met.wait(timeout=60)
        with lock:
            now[0] -= 1
        return "met"

    tasks = [Task(executor=meet) for _ in range(2 * MANY)]
    assert asyncio.run(way(tasks)) == ["met"] * (2 * MANY)
    assert most == [MANY]


def test_no_more_run_at_once_than_the_limit_says() -> None:
    now, most, lock, enough = [0], [0], threading.Lock(), threading.Barrier(3)

    def work() -> None:
        with lock:
            now[0] += 1
            most[0] = max(most[0], now[0])
        enough.wait(timeout=60)
        with lock:
            now[0] -= 1

    async def main() -> int:
        async with TaskQueue(3) as queue:
            for _ in range(30):
                await queue.submit(Task(executor=work))
        return queue.stats().peak

    assert asyncio.run(main()) == 3
    assert most == [3]


@pytest.mark.parametrize(("limit", "blocked"), [(1, 1), (2, 10), (10, 10), (4, 40)])
def test_blocked_tasks_past_their_deadline_starve_nobody(
    limit: int, blocked: int
) -> None:
    release = threading.Event()

    async def main() -> None:
        async with TaskQueue(limit) as queue:
            for _ in range(blocked):
                job = await queue.submit(Task(executor=release.wait, deadline=0.01))
                if queue.stats().running == limit:
                    assert isinstance((await job.outcome()).error, DeadlineExceeded)
            jobs = [await queue.submit(Task(executor=lambda: 7)) for _ in range(20)]
            assert [await job for job in jobs] == [7] * 20
            while queue.stats().expired < blocked:
                await asyncio.sleep(0.001)
            stuck = queue.stats().stuck
            assert 0 < stuck <= blocked
            release.set()
            while queue.stats().stuck:
                await asyncio.sleep(0.001)
            assert await (await queue.submit(Task(executor=lambda: 8))) == 8

    try:
        asyncio.run(main())
    finally:
        release.set()


def test_nobody_elses_threads_are_taken() -> None:
    release = threading.Event()

    async def main() -> Any:
        async with TaskQueue(100) as queue:
            jobs = [
                await queue.submit(Task(executor=release.wait, inputs={"timeout": 60}))
                for _ in range(100)
            ]
            await asyncio.sleep(0)
            others = [asyncio.to_thread(lambda: "free") for _ in range(5)]
            said = await asyncio.gather(*others)
            release.set()
            return said, [await job for job in jobs], queue.stats().peak

    assert asyncio.run(main()) == (["free"] * 5, [True] * 100, 100)


async def hang(threads: Threads, release: threading.Event) -> None:
    """One more call that its caller leaves once it has begun."""
    begun = threading.Event()

    def wait() -> None:
        begun.set()
        release.wait()

    call = asyncio.create_task(threads.run(wait, {}))
    while not begun.is_set():
        await asyncio.sleep(0.001)
    call.cancel()
    await asyncio.wait([call])


def test_stuck_threads_are_replaced_up_to_a_limit_and_the_error_says_so() -> None:
    release = threading.Event()

    async def main() -> None:
        threads = Threads(2, spare=3)
        for n in range(4):
            await hang(threads, release)
            assert threads.stuck == n + 1
        assert await threads.run(lambda: 5, {}) == 5  # on the last that is left
        await hang(threads, release)
        with pytest.raises(AllStuck, match=r"5 calls .* timeout of its own"):
            await threads.run(lambda: 5, {})
        release.set()
        while threads.stuck:
            await asyncio.sleep(0.001)
        assert await threads.run(lambda: 6, {}) == 6
        assert threads.running == 0
        threads.close()

    try:
        asyncio.run(main())
    finally:
        release.set()


def test_a_call_that_has_not_begun_can_be_left() -> None:
    release, ran = threading.Event(), []

    async def main() -> None:
        threads = Threads(1)
        first = asyncio.create_task(threads.run(release.wait, {}))
        second = asyncio.create_task(threads.run(lambda: ran.append(2), {}))
        third = asyncio.create_task(threads.run(lambda: ran.append(3), {}))
        await asyncio.sleep(0)
        second.cancel()
        await asyncio.wait([second])
        assert threads.stuck == 0
        release.set()
        await asyncio.gather(first, third)
        threads.close()

    asyncio.run(main())
    assert ran == [3]


@pytest.mark.parametrize("cacheable", [False, True])
def test_hung_calls_of_one_tool_do_not_end_the_others(
    cacheable: bool, caplog: pytest.LogCaptureFixture
) -> None:
    release = threading.Event()

    def hangs(n: int) -> None:
        release.wait()

    tools = [Tool("hangs", "", hangs, cacheable=cacheable), Tool("well", "", lambda: 1)]
    agent = OptimizedToolAgent("a", SimulatedLLM(), tools, deadline=0.05)

    async def main() -> Any:
        requests = [{"tool": "hangs", "params": {"n": n}} for n in range(4)]
        answers = await agent.execute_tools_parallel(requests)
        assert all("no answer within 0.05 s" in a["error"] for a in answers)
        agent._watchdog.seconds = 60.0
        assert await agent.execute_tool_cached("well", {}) == 1
        while agent.get_performance_stats()["stuck_threads"] < 4:
            await asyncio.sleep(0.001)
        return agent.get_performance_stats()

    try:
        stats = asyncio.run(main())
    finally:
        release.set()
        agent.close()
    assert stats["stuck_threads"] == 4
    (told,) = caplog.messages
    assert "4 calls of plain functions do not return" in told and "hangs" in told
    assert stats["tool_stats"]["hangs"]["timeouts"] == 4


place = contextvars.ContextVar("place", default="nowhere")


def test_what_a_function_runs_in_turn_has_threads_of_its_own() -> None:
    def inner() -> str:
        return asyncio.run(Task(executor=place.get).execute())

    async def main() -> str:
        place.set("here")
        async with TaskQueue(1) as queue:
            return str(await (await queue.submit(Task(executor=inner))))

    assert asyncio.run(main()) == "here"


@pytest.mark.parametrize("error", [ValueError("x"), StopIteration(), SystemExit(1)])
def test_what_a_function_raises_comes_out(error: BaseException) -> None:
    def fails() -> None:
        raise error

    async def main() -> None:
        threads = Threads(1)
        kind = RuntimeError if isinstance(error, StopIteration) else type(error)
        with pytest.raises(kind):
            await threads.run(fails, {})
        with pytest.raises(kind), threads.lent():
            await on_thread(fails, {})
        threads.close()

    asyncio.run(main())


def test_threads_go_when_nobody_needs_them() -> None:
    before = set(threading.enumerate())

    async def main() -> None:
        queue = TaskQueue(5)  # never closed
        for _ in range(10):
            await (await queue.submit(Task(executor=lambda: None)))
        await execute_tasks_concurrently([Task(executor=lambda: None)] * 3)

    asyncio.run(main())
    gc.collect()
    for thread in set(threading.enumerate()) - before:
        thread.join(30)
        assert not thread.is_alive()


async def waits() -> None:
    await asyncio.sleep(3600)


@pytest.mark.parametrize("executor", [waits, lambda: threading.Event().wait(0.2)])
@pytest.mark.parametrize("requeue", [False, True])
def test_a_queue_serves_a_second_run_whatever_the_first_left(
    executor: Callable[[], Any], requeue: bool
) -> None:
    queue = TaskQueue(2, 5, requeue=requeue)

    async def first() -> None:
        for _ in range(5):
            await queue.submit(Task(executor=executor))
        asyncio.create_task(queue.submit(Task(executor=executor)))  # noqa: RUF006
        await asyncio.sleep(0)

    async def second() -> list[Any]:
        jobs = [await queue.submit(Task(executor=lambda n=n: n)) for n in range(5)]
        return [await job for job in jobs]

    for _ in range(2):
        asyncio.run(first())
        assert asyncio.run(second()) == [0, 1, 2, 3, 4]
    stats = queue.stats()
    assert stats.done == 10
    assert stats.submitted == stats.done + stats.failed + stats.cancelled
    assert (stats.running, stats.waiting) == (0, 0)
    left = asyncio.run(queue.close())
    assert (left.not_run, left.interrupted) == ([], [])
