"""TaskQueue: priorities, limits, deadlines, retries, and no task lost."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import aclosing, suppress
from typing import Any

import pytest

from session1 import virtual_time
from session1.base_agent import BaseAgent
from session1.deadlines import Exited
from session1.llm.simulated import SimulatedLLM
from session1.runtime.batch import Outcome
from session1.runtime.job import (
    DeadlineExceeded,
    Job,
    QueueClosed,
    QueueFull,
    QueueStats,
    WorkerCancelled,
)
from session1.runtime.retry import retries
from session1.runtime.task import Task
from session1.runtime.task_queue import TaskQueue
from session1.runtime.watchdog import SelfCancelled


def run(main: Callable[[], Awaitable[Any]]) -> Any:
    return virtual_time.run(main).value


async def nap(seconds: float = 1.0, value: Any = None) -> Any:
    await asyncio.sleep(seconds)
    return value


def sleeper(seconds: float = 1.0, value: Any = None, **options: Any) -> Task:
    return Task(str(value), nap, {"seconds": seconds, "value": value}, **options)


def test_urgent_ones_first_and_equals_in_their_order() -> None:
    ran: list[str] = []

    async def note(name: str) -> None:
        ran.append(name)

    async def main() -> None:
        async with TaskQueue(limit=1) as queue:
            await queue.submit(sleeper())
            await asyncio.sleep(0)  # it runs, the rest waits
            for name, priority in [("a", 0), ("b", 5), ("c", 0), ("d", 9), ("e", 5)]:
                await queue.submit(
                    Task(executor=note, inputs={"name": name}, priority=priority)
                )

    run(main)
    assert ran == ["d", "b", "e", "a", "c"]


def test_a_limit_and_no_barrier() -> None:
    async def main() -> tuple[list[Any], QueueStats, float]:
        async with TaskQueue(limit=2) as queue:
            jobs = [await queue.submit(sleeper(s, s)) for s in (9, 1, 1, 1, 6)]
            values = [await job for job in jobs]
            return values, queue.stats(), virtual_time.now()

    values, stats, seconds = run(main)
    assert (values, stats.peak, stats.done) == ([9, 1, 1, 1, 6], 2, 5)
    assert seconds == 9  # in batches of two it would be 16


@pytest.mark.parametrize(
    ("ordered", "order"), [(True, [3, 1, 2, 1]), (False, [1, 3, 2, 1])]
)
def test_a_stream_gives_results_in_order_or_as_they_end(
    ordered: bool, order: list[int]
) -> None:
    async def main() -> list[tuple[int, float]]:
        async with TaskQueue(limit=2) as queue:
            tasks = [sleeper(s, s) for s in (3, 1, 2, 1)]
            return [
                (outcome.value, virtual_time.now())
                async for _, outcome in queue.stream(tasks, ordered=ordered)
            ]

    found = run(main)
    assert [value for value, _ in found] == order
    if ordered:
        assert [when for _, when in found] == [3, 3, 3, 4]
    else:
        assert [when for _, when in found] == [1, 3, 3, 4]


def test_a_stream_reads_an_endless_source_only_so_far_ahead() -> None:
    drawn = 0

    def endless() -> Any:
        nonlocal drawn
        while True:
            drawn += 1
            yield sleeper(1, drawn)

    async def main() -> QueueStats:
        async with TaskQueue(limit=2) as queue:
            async with aclosing(queue.stream(endless(), window=3)) as results:
                taken = 0
                async for _ in results:
                    taken += 1
                    if taken == 10:
                        break
            return queue.stats()

    stats = run(main)
    assert drawn <= 13
    assert stats.running + stats.waiting == 0 or stats.cancelled == drawn - 10


def test_a_stream_isolates_errors() -> None:
    async def bad() -> None:
        raise ValueError("bad")

    async def main() -> list[Outcome[Any]]:
        async with TaskQueue() as queue:
            tasks = [sleeper(1, 1), Task("", bad), sleeper(1, 2)]
            return [o async for _, o in queue.stream(tasks, ordered=True)]

    first, second, third = run(main)
    assert (first.value, third.value) == (1, 2)
    assert isinstance(second.error, ValueError)


def test_a_full_queue_makes_submitters_wait_in_turn_or_says_so() -> None:
    let_in: list[tuple[str, float]] = []

    async def main() -> None:
        async with TaskQueue(limit=1, max_waiting=1) as queue:

            async def enter(name: str) -> None:
                await queue.submit(sleeper())
                let_in.append((name, virtual_time.now()))

            await queue.submit(sleeper())
            await asyncio.sleep(0)
            await queue.submit(sleeper())
            with pytest.raises(QueueFull, match="1 tasks wait"):
                await queue.submit(sleeper(), wait=False)
            async with asyncio.TaskGroup() as group:
                for name in "abc":
                    group.create_task(enter(name))
                await asyncio.sleep(0)
                with pytest.raises(QueueFull):
                    await queue.submit(sleeper(), wait=False)
            assert queue.stats().waiting <= 1

    run(main)
    assert let_in == [("a", 1), ("b", 2), ("c", 3)]


def test_a_submitter_that_leaves_the_door_costs_nobody_a_place() -> None:
    async def main() -> QueueStats:
        async with TaskQueue(limit=1, max_waiting=1) as queue:
            for _ in range(2):
                await queue.submit(sleeper())
                await asyncio.sleep(0)
            doors = [asyncio.create_task(queue.submit(sleeper())) for _ in range(3)]
            await asyncio.sleep(0.5)
            doors[0].cancel()
            await asyncio.sleep(0.5)
            doors[1].cancel()  # at the moment it may be let in
            job = await doors[2]
            await job
            return queue.stats()

    stats = run(main)
    assert stats.submitted == stats.done
    assert stats.submitted in (3, 4)


def test_a_deadline_counts_from_submission_running_or_not() -> None:
    async def main() -> list[tuple[Outcome[Any], float]]:
        async with TaskQueue(limit=1, deadline=2.5) as queue:
            jobs = [await queue.submit(sleeper(2, i)) for i in range(3)]
            jobs.append(await queue.submit(sleeper(1, 3, deadline=60)))
            found = [(await job.outcome(), virtual_time.now()) for job in jobs]
            assert queue.stats().expired == 2
            return found

    first, running, waiting, patient = run(main)
    assert first == (Outcome(0), 2)
    for outcome, when in (running, waiting):
        assert isinstance(outcome.error, DeadlineExceeded)
        assert when == 2.5
    assert patient == (Outcome(3), 3.5)


def test_code_that_ignores_its_deadline_keeps_its_place_and_only_that() -> None:
    async def stubborn() -> str:
        with suppress(asyncio.CancelledError):
            await asyncio.sleep(5)
        await asyncio.sleep(5)
        return "late"

    async def main() -> tuple[float, Any, float, QueueStats]:
        async with TaskQueue(limit=1) as queue:
            late = await queue.submit(Task("", stubborn, deadline=1))
            after = await queue.submit(sleeper(1, "after"))
            with pytest.raises(DeadlineExceeded, match="1 s"):
                await late
            told = virtual_time.now()
            return told, await after, virtual_time.now(), queue.stats()

    told, after, when, stats = run(main)
    assert (told, after, when) == (1, "after", 7)
    assert (stats.done, stats.failed, stats.peak) == (1, 1, 1)


def test_retries_wait_longer_each_time_and_then_give_up() -> None:
    began: list[float] = []

    async def flaky(fails: int) -> str:
        began.append(virtual_time.now())
        if len(began) <= fails:
            raise ConnectionError("reset")
        return "there"

    async def main(fails: int) -> tuple[Outcome[Any], QueueStats]:
        retry = retries(4, first=1, longest=3, rng=lambda: 1.0)
        async with TaskQueue(retry=retry) as queue:
            job = await queue.submit(Task("", flaky, {"fails": fails}))
            return await job.outcome(), queue.stats()

    outcome, stats = virtual_time.run(main, 3).value
    assert (outcome.value, began, stats.retried) == ("there", [0, 1, 3, 6], 3)
    began.clear()
    outcome, stats = virtual_time.run(main, 9).value
    assert isinstance(outcome.error, ConnectionError)
    assert (len(began), stats.failed) == (4, 1)


def test_jitter_is_a_share_of_the_pause_and_other_errors_are_final() -> None:
    began: list[float] = []

    async def fail(error: type[Exception]) -> None:
        began.append(virtual_time.now())
        raise error

    async def main(error: type[Exception]) -> None:
        await retries(3, first=8, rng=iter([0.5, 0.25, 0]).__next__)(fail, error)

    with pytest.raises(TimeoutError):
        virtual_time.run(main, TimeoutError)
    assert began == [0, 4, 6.5]  # 8 s * 0.5, then 10 s (the longest) * 0.25
    with pytest.raises(KeyError):
        virtual_time.run(main, KeyError)
    assert len(began) == 4


def test_many_tasks_may_retry_at_the_same_time() -> None:
    tries: dict[int, int] = {}

    async def twice(n: int) -> int:
        tries[n] = tries.get(n, 0) + 1
        await asyncio.sleep(n % 3)
        if tries[n] < 3:
            raise ConnectionError
        return n

    async def main() -> list[Any]:
        async with TaskQueue(limit=20, retry=retries(3)) as queue:
            tasks = [Task("", twice, {"n": n}) for n in range(50)]
            return [o.value async for _, o in queue.stream(tasks, ordered=True)]

    assert run(main) == list(range(50))
    assert set(tries.values()) == {3}


@pytest.mark.parametrize("when", [0.0, 0.5])
def test_a_cancelled_job_frees_its_place_running_or_not(when: float) -> None:
    async def main() -> tuple[Any, QueueStats, float]:
        async with TaskQueue(limit=1) as queue:
            gone = await queue.submit(sleeper(9))
            next_one = await queue.submit(sleeper(1, "next"))
            if when:
                await asyncio.sleep(when)
            gone.cancel()
            gone.cancel()
            with pytest.raises(asyncio.CancelledError):
                await gone
            return await next_one, queue.stats(), virtual_time.now()

    value, stats, seconds = run(main)
    assert (value, stats.cancelled, stats.done) == ("next", 1, 1)
    assert seconds == when + 1


def test_who_stops_waiting_for_a_job_does_not_end_it() -> None:
    async def main() -> Any:
        async with TaskQueue() as queue:
            job = await queue.submit(sleeper(2, "done"))
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(1):
                    await job
            return await job

    assert run(main) == "done"


def test_a_job_that_cancels_itself_hurts_no_other() -> None:
    async def main() -> tuple[Outcome[Any], Any]:
        async with TaskQueue(limit=1) as queue:
            jobs: list[Job] = []

            async def suicide() -> None:
                raise asyncio.CancelledError

            async def via_job() -> str:
                jobs[1].cancel()  # arrives when this has returned
                return "too late"

            jobs.append(await queue.submit(Task("", suicide)))
            jobs.append(await queue.submit(Task("", via_job)))
            jobs.append(await queue.submit(sleeper(1, "well")))
            with pytest.raises(asyncio.CancelledError):
                await jobs[1]
            return await jobs[0].outcome(), await jobs[2]

    first, last = run(main)
    assert isinstance(first.error, SelfCancelled)
    assert last == "well"


@pytest.mark.parametrize("requeue", [False, True])
def test_the_task_of_a_cancelled_worker_is_told_or_done_by_another(
    requeue: bool,
) -> None:
    begun = 0

    async def work() -> str:
        nonlocal begun
        begun += 1
        await asyncio.sleep(1)
        return "done"

    async def main() -> tuple[Outcome[Any], Any, QueueStats]:
        async with TaskQueue(limit=1, requeue=requeue) as queue:
            job = await queue.submit(Task("", work))
            after = await queue.submit(sleeper(1, "after"))
            await asyncio.sleep(0.5)
            assert job.worker is not None
            job.worker.cancel()
            return await job.outcome(), await after, queue.stats()

    outcome, after, stats = run(main)
    assert after == "after"
    if requeue:
        assert (outcome.value, begun, stats.requeued) == ("done", 2, 1)
    else:
        assert isinstance(outcome.error, WorkerCancelled)
        assert (begun, stats.failed) == (1, 1)


def test_closing_drains_and_refuses() -> None:
    async def main() -> tuple[list[Any], float]:
        queue = TaskQueue(limit=2)
        jobs = [await queue.submit(sleeper(1, i)) for i in range(4)]
        left = await queue.close()
        with pytest.raises(QueueClosed, match="make another"):
            await queue.submit(sleeper())
        assert (left.not_run, left.interrupted) == ([], [])
        return [await job for job in jobs], virtual_time.now()

    assert run(main) == ([0, 1, 2, 3], 2)


def test_stopping_tells_what_did_not_run() -> None:
    async def main() -> Any:
        queue = TaskQueue(limit=1, max_waiting=3)
        tasks = [sleeper(5, i, priority=i) for i in range(4)]
        jobs = []
        for task in tasks:
            jobs.append(await queue.submit(task))
            await asyncio.sleep(0)
        door = asyncio.create_task(queue.submit(sleeper()))
        left = await queue.close(timeout=2)
        with pytest.raises(QueueClosed):
            await door
        errors = [(await job.outcome()).error for job in jobs]
        assert all(isinstance(error, QueueClosed) for error in errors)
        assert queue.stats().running == 0
        return left, tasks, virtual_time.now()

    left, tasks, seconds = run(main)
    assert left.interrupted == [tasks[0]]
    assert left.not_run == [tasks[3], tasks[2], tasks[1]]
    assert seconds == 2


def test_leaving_by_an_error_stops_and_ctrl_c_while_draining_too() -> None:
    async def broken() -> Job:
        with suppress(KeyError):
            async with TaskQueue() as queue:
                job = await queue.submit(sleeper(100))
                raise KeyError
        return job

    job = run(broken)
    assert isinstance(job.ended.result().error, QueueClosed)

    async def cancelled() -> tuple[Any, float]:
        queue = TaskQueue()
        job = await queue.submit(sleeper(100))
        closing = asyncio.create_task(queue.close())
        await asyncio.sleep(1)
        closing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await closing
        return (await job.outcome()).error, virtual_time.now()

    error, seconds = run(cancelled)
    assert isinstance(error, QueueClosed)
    assert seconds == 1


def test_a_task_may_close_its_own_queue() -> None:
    async def main() -> Any:
        queue = TaskQueue(limit=1)

        async def last() -> Any:
            return await queue.close()

        job = await queue.submit(Task("", last))
        waiting = await queue.submit(sleeper())
        left = await job
        assert isinstance((await waiting.outcome()).error, QueueClosed)
        return left.not_run == [waiting.task]

    assert run(main) is True


def test_cancelled_ones_do_not_fill_the_heap() -> None:
    async def main() -> int:
        async with TaskQueue(limit=1, max_waiting=10) as queue:
            await queue.submit(sleeper(1))
            await asyncio.sleep(0)
            for _ in range(1_000):
                (await queue.submit(sleeper(priority=-1))).cancel()
            return len(queue._waiting._heap)

    assert run(main) < 100


def test_an_agent_answers_what_has_no_executor() -> None:
    async def main() -> Any:
        agent = BaseAgent("ada", "You are Ada.", SimulatedLLM())
        async with TaskQueue(agent=agent) as queue:
            tasks = [Task("What is a pool?"), sleeper(1, "own")]
            return [o.value async for _, o in queue.stream(tasks, ordered=True)]

    answer, own = run(main)
    assert isinstance(answer, str) and answer
    assert own == "own"


def test_nobody_to_do_it_is_an_error_of_that_task() -> None:
    async def main() -> Outcome[Any]:
        async with TaskQueue() as queue:
            return await (await queue.submit(Task("Say hello."))).outcome()

    with pytest.raises(TypeError, match="give the task an executor"):
        raise run(main).error


def test_a_plain_function_does_not_stop_the_loop() -> None:
    import threading

    async def main() -> tuple[Any, int]:
        met = threading.Barrier(2)

        def meet() -> int:
            met.wait(30)  # passes only while two run at a time
            return threading.get_ident()

        async with TaskQueue(limit=2) as queue:
            jobs = [await queue.submit(Task("", meet)) for _ in range(2)]
            return {await job for job in jobs}, threading.get_ident()

    threads, ours = asyncio.run(main())
    assert len(threads) == 2
    assert ours not in threads


@pytest.mark.parametrize(
    ("make", "what"),
    [
        (lambda: TaskQueue(limit=0), "limit"),
        (lambda: TaskQueue(max_waiting=0), "max_waiting"),
        (lambda: TaskQueue(deadline=float("nan")), "deadline"),
        (lambda: Task("", deadline=-1), "deadline"),
        (lambda: retries(0), "attempts"),
        (lambda: retries(first=0), "first"),
    ],
)
def test_limits_are_checked(make: Callable[[], Any], what: str) -> None:
    with pytest.raises(ValueError, match=what):
        make()


def test_kinds_are_checked() -> None:
    with pytest.raises(TypeError, match="callable"):
        Task("", executor=3)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="priority"):
        Task("", priority=0.5)  # type: ignore[arg-type]


@pytest.mark.parametrize("plain", [True, False])
def test_a_task_that_exits_ends_alone(plain: bool) -> None:
    def leave() -> None:
        raise SystemExit(3)

    async def leave_later() -> None:
        raise SystemExit(3)

    async def main() -> tuple[Outcome[Any], Outcome[Any]]:
        async with TaskQueue(limit=1) as queue:
            gone = await queue.submit(Task(executor=leave if plain else leave_later))
            next_one = await queue.submit(sleeper(value="here"))
            return await gone.outcome(), await next_one.outcome()

    gone, next_one = run(main)
    assert isinstance(gone.error, Exited) and "exit with 3" in str(gone.error)
    assert next_one == Outcome("here")


@pytest.mark.parametrize("task", [None, 5, "Hello", nap])
def test_what_is_no_task_is_refused(task: Any) -> None:
    async def main() -> None:
        async with TaskQueue() as queue:
            with pytest.raises(
                TypeError, match=r"a task is a Task\(executor=function\)"
            ):
                await queue.submit(task)

    run(main)
