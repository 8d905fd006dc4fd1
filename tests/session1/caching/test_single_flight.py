"""SingleFlight: one run for many callers, whoever leaves, however it ends."""

import asyncio
import gc
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from session1 import virtual_time
from session1.caching.single_flight import FlightCancelled, SingleFlight

pytestmark = pytest.mark.slow


class Work:
    """Shared work that counts its runs."""

    def __init__(
        self, seconds: float = 1.0, error: BaseException | None = None
    ) -> None:
        self.runs = self.ends = 0
        self.seconds = seconds
        self.error = error

    async def __call__(self) -> int:
        self.runs += 1
        await asyncio.sleep(self.seconds)
        self.ends += 1
        if self.error is not None:
            raise self.error
        return self.runs


def quietly(main: Callable[[], Awaitable[Any]]) -> virtual_time.Timed[Any]:
    """Run on virtual time; fail if the loop had anything to complain about."""
    complaints: list[dict] = []

    async def watched() -> Any:
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(lambda _, context: complaints.append(context))
        result = await main()
        gc.collect()
        await asyncio.sleep(0)
        return result

    timed = virtual_time.run(watched)
    gc.collect()
    assert complaints == []
    return timed


def test_a_hundred_callers_cost_one_run() -> None:
    work, flight = Work(), SingleFlight[str, int]()

    async def main() -> list[int]:
        return await asyncio.gather(*(flight.run("k", work) for _ in range(100)))

    timed = quietly(main)
    assert (timed.value, timed.seconds, work.runs) == ([1] * 100, 1.0, 1)
    assert (flight.started, flight.joined, len(flight)) == (1, 99, 0)


def test_other_keys_and_later_calls_run_anew() -> None:
    work, flight = Work(), SingleFlight[str, int]()

    async def main() -> None:
        await asyncio.gather(flight.run("a", work), flight.run("b", work))
        await flight.run("a", work)

    quietly(main)
    assert work.runs == 3


@pytest.mark.parametrize("leaver", [0, 1, 4])
def test_any_caller_may_leave_and_the_others_are_served(leaver: int) -> None:
    work, flight = Work(), SingleFlight[str, int]()

    async def main() -> list[Any]:
        calls = [asyncio.create_task(flight.run("k", work)) for _ in range(5)]
        await asyncio.sleep(0.5)
        calls[leaver].cancel()
        return await asyncio.gather(*calls, return_exceptions=True)

    results = quietly(main).value
    assert isinstance(results.pop(leaver), asyncio.CancelledError)
    assert results == [1] * 4
    assert work.runs == 1


def test_when_all_leave_the_work_still_ends() -> None:
    work, flight = Work(), SingleFlight[str, int]()

    async def main() -> None:
        for _ in range(3):
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(flight.run("k", work), 0.1)
        await asyncio.sleep(1)

    quietly(main)
    assert (work.runs, work.ends, len(flight)) == (1, 1, 0)


def test_a_failure_reaches_all_and_is_forgotten() -> None:
    work, flight = Work(error=OSError("down")), SingleFlight[str, int]()

    async def main() -> list[Any]:
        calls = [flight.run("k", work) for _ in range(5)]
        failures = await asyncio.gather(*calls, return_exceptions=True)
        work.error = None
        return [*failures, await flight.run("k", work)]

    *failures, after = quietly(main).value
    assert [str(e) for e in failures] == ["down"] * 5
    assert after == 2


def test_a_failure_after_everyone_left_makes_no_noise() -> None:
    work, flight = Work(error=OSError("late")), SingleFlight[str, int]()

    async def main() -> None:
        call = asyncio.create_task(flight.run("k", work))
        await asyncio.sleep(0.5)
        call.cancel()
        await asyncio.sleep(2)

    quietly(main)
    assert work.ends == 1


def test_work_that_cancels_itself_is_a_failure_and_not_a_cancellation() -> None:
    work = Work(error=asyncio.CancelledError())
    flight = SingleFlight[str, int]()

    async def main() -> list[Any]:
        calls = [flight.run("k", work) for _ in range(3)]
        return await asyncio.gather(*calls, return_exceptions=True)

    assert [type(e) for e in quietly(main).value] == [FlightCancelled] * 3


def test_work_that_raises_before_its_first_wait() -> None:
    flight = SingleFlight[str, int]()

    def broken() -> Any:
        raise ValueError("at once")

    async def main() -> None:
        with pytest.raises(ValueError, match="at once"):
            await flight.run("k", broken)

    quietly(main)
    assert len(flight) == 0


def test_patience_ends_even_work_that_will_not_be_cancelled() -> None:
    runs, flight = [], SingleFlight[str, int](patience=10)

    async def stubborn() -> int:
        runs.append(1)
        until = virtual_time.now() + 100
        while virtual_time.now() < until:
            try:
                await asyncio.sleep(until - virtual_time.now())
            except asyncio.CancelledError:
                continue
        return 1

    async def main() -> None:
        for n in (1, 2):
            with pytest.raises(TimeoutError, match="given up"):
                await flight.run("k", stubborn)
            assert virtual_time.now() == 10 * n
        assert len(flight) == 0
        await asyncio.sleep(200)

    quietly(main)
    assert len(runs) == 2


def test_work_that_waits_for_itself_is_told_so() -> None:
    flight = SingleFlight[str, int]()

    async def snake() -> int:
        return await flight.run("k", snake)

    async def main() -> None:
        with pytest.raises(RecursionError, match="its own outcome"):
            await flight.run("k", snake)

    quietly(main)


def test_work_may_ask_for_other_work() -> None:
    flight, work = SingleFlight[str, int](), Work()

    async def outer() -> int:
        return await flight.run("inner", work) + 10

    async def main() -> list[int]:
        calls = [flight.run("outer", outer), flight.run("inner", work)]
        return await asyncio.gather(*calls)

    assert quietly(main).value == [11, 1]
    assert work.runs == 1


def test_no_waiter_is_stuck_when_the_loop_shuts_down() -> None:
    flight, ended = SingleFlight[str, int](), []

    async def caller() -> None:
        try:
            await flight.run("k", Work(seconds=1e9))
        finally:
            ended.append(1)

    async def main() -> list[asyncio.Task[None]]:
        tasks = [asyncio.create_task(caller()) for _ in range(5)]
        await asyncio.sleep(1)
        return tasks

    quietly(main)
    assert (len(ended), len(flight)) == (5, 0)


def test_what_a_dead_loop_left_behind_is_not_waited_for() -> None:
    flight, work = SingleFlight[str, int](), Work()
    dead = asyncio.new_event_loop()
    left = dead.create_task(flight.run("k", work))
    dead.run_until_complete(asyncio.sleep(0))
    assert len(flight) == 1

    async def main() -> int:
        return await flight.run("k", work)

    assert quietly(main).value == 2
    left.cancel()
    dead.run_until_complete(asyncio.gather(left, return_exceptions=True))
    for task in asyncio.all_tasks(dead):
        task.cancel()
    dead.run_until_complete(asyncio.sleep(0))
    dead.close()


def test_thousands_of_callers_leave_cheaply() -> None:
    flight, work = SingleFlight[str, int](), Work()

    async def main() -> int:
        calls = [asyncio.create_task(flight.run("k", work)) for _ in range(5_000)]
        await asyncio.sleep(0.5)
        for call in calls[::2]:
            call.cancel()
        results = await asyncio.gather(*calls, return_exceptions=True)
        return results.count(1)

    assert quietly(main).value == 2_500
