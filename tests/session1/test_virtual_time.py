"""Virtual time: waits cost nothing and read exactly what they should."""

import asyncio
import gc
import logging

import pytest
from hypothesis import given
from hypothesis import strategies as st

from session1 import virtual_time


def test_long_waits_read_exactly():
    async def main():
        await asyncio.gather(*(asyncio.sleep(0.3) for _ in range(10)))
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(asyncio.sleep(3600), 2.0)
        return "done"

    run = virtual_time.run(main)
    assert run.value == "done"
    assert run.seconds == 2.3


@given(st.lists(st.integers(0, 10_000), min_size=1, max_size=8))
def test_gathered_waits_take_the_longest_and_sequential_ones_the_sum(milliseconds):
    async def together():
        await asyncio.gather(*(asyncio.sleep(ms / 1000) for ms in milliseconds))

    async def in_turn():
        for ms in milliseconds:
            await asyncio.sleep(ms / 1000)

    assert virtual_time.run(together).seconds == max(milliseconds) / 1000
    total = pytest.approx(sum(milliseconds) / 1000, abs=1e-6)
    assert virtual_time.run(in_turn).seconds == total


def test_now_is_the_running_loops_clock():
    async def main():
        before = virtual_time.now()
        await asyncio.sleep(600)
        return before, virtual_time.now()

    assert virtual_time.run(main).value == (0, 600)


def test_arguments_are_passed_on():
    async def add(a, b):
        return a + b

    assert virtual_time.run(add, 2, 3).value == 5


def test_an_error_comes_out_as_it_is():
    async def main():
        raise KeyError("lost")

    with pytest.raises(KeyError, match="lost"):
        virtual_time.run(main)


def test_it_works_where_a_loop_already_runs():
    async def inner():
        await asyncio.sleep(60)
        return "inner"

    async def outer():
        return virtual_time.run(inner)

    run = asyncio.run(outer())
    assert (run.value, run.seconds) == ("inner", 60)


def test_tasks_left_over_are_cancelled():
    ended = []

    async def background():
        try:
            await asyncio.sleep(1e6)
        finally:
            ended.append(True)

    async def main():
        task = asyncio.ensure_future(background())
        await asyncio.sleep(1)
        return task

    assert virtual_time.run(main).value.cancelled()
    assert ended == [True]


def test_what_a_run_leaves_behind_is_cancelled_in_silence(caplog):
    caplog.set_level(logging.ERROR, "asyncio")

    async def unawaited():
        return asyncio.gather(asyncio.sleep(1), asyncio.sleep(1))

    async def failing():
        async def fail():
            raise ValueError("told")

        future = asyncio.ensure_future(fail())
        await asyncio.sleep(1)
        return future

    virtual_time.run(unawaited)
    gc.collect()
    assert not caplog.records
    virtual_time.run(failing)
    gc.collect()
    assert "never retrieved" in caplog.text, "a real error is still reported"
