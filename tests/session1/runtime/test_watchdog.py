"""Watchdog: TimeoutError at the deadline, and never somebody else's cancellation."""

import asyncio
from typing import Any

import pytest

from session1 import virtual_time
from session1.runtime.watchdog import Watchdog


def test_the_deadline_is_exact_and_told() -> None:
    dog = Watchdog(2)

    async def main() -> float:
        with pytest.raises(TimeoutError, match="no answer within 2 s"), dog.watch():
            await asyncio.sleep(100)
        return virtual_time.now()

    assert virtual_time.run(main).value == 2


def test_what_ends_in_time_is_left_alone() -> None:
    dog = Watchdog(2)

    async def main() -> None:
        for _ in range(10):
            with dog.watch():
                await asyncio.sleep(1.9)
        await asyncio.sleep(100)

    assert virtual_time.run(main).seconds == 119


def test_many_calls_that_began_at_different_times() -> None:
    dog = Watchdog(5)

    async def call(start: float, seconds: float) -> tuple[bool, float]:
        await asyncio.sleep(start)
        try:
            with dog.watch():
                await asyncio.sleep(seconds)
        except TimeoutError:
            return False, virtual_time.now() - start
        return True, virtual_time.now() - start

    plan = [(i * 0.37, (i * 7) % 11 + 0.5) for i in range(50)]

    async def main() -> list[tuple[bool, float]]:
        return await asyncio.gather(*(call(*p) for p in plan))

    for (_, seconds), (in_time, took) in zip(
        plan, virtual_time.run(main).value, strict=True
    ):
        assert in_time == (seconds < 5)
        assert took == pytest.approx(min(seconds, 5), abs=1e-5)


def test_a_callers_cancellation_stays_one() -> None:
    dog = Watchdog(5)

    async def call() -> None:
        with dog.watch():
            await asyncio.sleep(100)

    async def main() -> Any:
        task = asyncio.create_task(call())
        await asyncio.sleep(1)
        task.cancel()
        return await asyncio.gather(task, return_exceptions=True)

    assert isinstance(virtual_time.run(main).value[0], asyncio.CancelledError)


def test_inside_and_outside_other_timeouts() -> None:
    dog = Watchdog(2)

    async def main() -> list[str]:
        seen = []
        try:
            async with asyncio.timeout(1):
                with dog.watch():
                    await asyncio.sleep(100)
        except TimeoutError as e:
            seen.append(f"{virtual_time.now():g} {e}")
        try:
            async with asyncio.timeout(50):
                with dog.watch():
                    await asyncio.sleep(100)
        except TimeoutError as e:
            seen.append(f"{virtual_time.now():g} {e}")
        task = asyncio.current_task()
        assert task is not None
        assert task.cancelling() == 0
        return seen

    assert virtual_time.run(main).value == ["1 ", "3 no answer within 2 s"]


def test_who_ignores_cancellation_is_reported() -> None:
    dog, reports = Watchdog(2, grace=1), []

    async def main() -> None:
        for seconds in (2.5, 10):
            began = virtual_time.now()
            with dog.watch(lambda: reports.append(virtual_time.now())):
                while (left := began + seconds - virtual_time.now()) > 0:
                    try:
                        await asyncio.sleep(left)
                    except asyncio.CancelledError:
                        continue

    virtual_time.run(main)
    assert reports == [pytest.approx(2.5 + 3)]


def test_needs_time_and_a_task() -> None:
    with pytest.raises(ValueError, match="0 s leaves no time"):
        Watchdog(0)
