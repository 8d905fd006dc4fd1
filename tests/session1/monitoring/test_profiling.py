"""Profiles of time: what ran, nested, failing, and of every kind of function."""

import asyncio
import cProfile
import sys
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest

from session1 import virtual_time
from session1.monitoring.profiling import Profile, Profiler, profile_function


def leaf(n: int) -> int:
    return sum(range(n))


def work(n: int, times: int = 3) -> int:
    return max(leaf(n) for _ in range(times))


def calls(profile: Profile) -> dict[str, int]:
    return {row.function: row.calls for row in profile.rows}


def is_off() -> bool:
    """Whether no profiler is left running."""
    with Profiler() as profiler:
        pass
    return sys.getprofile() is None and bool(profiler.result)


def test_it_counts_calls_and_time() -> None:
    result, profile = profile_function(work, 1000, times=7)
    assert result == 499_500
    found = {row.function: row for row in profile.rows}
    assert (found["work"].calls, found["leaf"].calls) == (1, 7)
    assert found["builtins.sum"].calls == 7
    assert found["work"].cumulative >= found["leaf"].cumulative > 0
    assert found["leaf"].own <= found["leaf"].cumulative <= profile.seconds
    assert found["leaf"].where.startswith("test_profiling.py:")
    assert found["builtins.sum"].where == "built in"
    assert is_off()


def test_only_what_was_called_is_in_it() -> None:
    _, profile = profile_function(leaf, 10)
    assert set(calls(profile)) == {"leaf", "builtins.sum"}


def test_rows_are_sorted_as_asked() -> None:
    _, profile = profile_function(work, 20_000)
    assert profile.top(1)[0].function == "work"
    assert profile.top(1, by="own")[0].function == "builtins.sum"
    assert len(profile.top(2)) == 2
    lines = profile.text(3).splitlines()
    head = "function where calls own ms with callees ms"
    assert lines[0].split() == head.split()
    assert len(lines) == 5 and lines[2].startswith("work")
    assert str(profile) == profile.text()


def test_keywords_go_to_the_function() -> None:
    def named(func: str, args: int) -> str:
        return func * args

    result, _ = profile_function(named, func="a", args=2)
    assert result == "aa"


def test_a_failing_call_leaves_no_profiler_behind_and_its_profile() -> None:
    def fail() -> None:
        leaf(10)
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        profile_function(fail)
    assert is_off()
    with pytest.raises(ValueError), Profiler() as profiler:
        fail()
    assert calls(profiler.result)["leaf"] == 1


def test_nested_profiles_each_have_their_rows() -> None:
    inner: list[Profile] = []

    def outer() -> int:
        before = leaf(5)
        value, profile = profile_function(work, 100)
        inner.append(profile)
        return before + value + leaf(5)

    result, profile = profile_function(outer)
    assert result == 10 + 4950 + 10
    assert calls(inner[0])["leaf"] == 3 and "outer" not in calls(inner[0])
    assert calls(profile)["leaf"] == 5 and calls(profile)["work"] == 1
    assert is_off()


def test_a_nested_one_that_fails_lets_the_outer_go_on() -> None:
    def outer() -> None:
        with pytest.raises(ZeroDivisionError):
            profile_function(lambda: 1 / 0)
        leaf(5)

    _, profile = profile_function(outer)
    assert calls(profile)["leaf"] == 1


def test_a_generator_is_read_to_its_end() -> None:
    def count(to: int) -> Iterator[int]:
        for n in range(to):
            yield leaf(n)

    result, profile = profile_function(count, 4)
    assert result == [0, 0, 1, 3]
    assert calls(profile)["leaf"] == 4


def test_async_functions_and_generators_are_awaited() -> None:
    async def nap(n: int) -> int:
        await asyncio.sleep(0.01)
        return leaf(n)

    async def count(to: int) -> AsyncIterator[int]:
        for n in range(to):
            yield await nap(n)

    async def main() -> None:
        result, profile = await profile_function(nap, 5)
        assert (result, calls(profile)["leaf"]) == (10, 1)
        result, profile = await profile_function(count, 3)
        assert (result, calls(profile)["leaf"]) == ([0, 0, 1], 3)

    asyncio.run(main())
    assert is_off()


def test_async_profiles_may_end_in_any_order() -> None:
    async def nap(seconds: float) -> int:
        await asyncio.sleep(seconds)
        return leaf(5)

    async def main() -> list[Any]:
        return await asyncio.gather(
            *(profile_function(nap, seconds) for seconds in (2, 1, 3))
        )

    found = virtual_time.run(main).value
    assert [result for result, _ in found] == [10, 10, 10]
    assert is_off()


def test_a_cancelled_one_leaves_no_profiler_behind() -> None:
    async def main() -> None:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(profile_function(asyncio.sleep, 100), 1)

    virtual_time.run(main)
    assert is_off()


def test_a_hidden_coroutine_is_refused_and_closed() -> None:
    async def nap() -> None:
        raise AssertionError("never runs")

    with pytest.raises(TypeError, match="give the async function itself"):
        profile_function(lambda: nap())
    assert is_off()


def test_another_profiler_is_not_disturbed() -> None:
    other = cProfile.Profile()
    other.enable()
    try:
        with pytest.raises(RuntimeError, match="another profiler is running"):
            profile_function(leaf, 3)
        leaf(7)
    finally:
        other.disable()
    assert any(entry.code == leaf.__code__ for entry in other.getstats())
    assert is_off()


def test_one_thread_at_a_time() -> None:
    said: list[str] = []

    def elsewhere() -> None:
        try:
            profile_function(leaf, 3)
        except RuntimeError as e:
            said.append(str(e))

    def outer() -> None:
        thread = threading.Thread(target=elsewhere)
        thread.start()
        thread.join()

    _, profile = profile_function(outer)
    assert said == ["another thread is profiled: do one at a time"]
    assert "outer" in calls(profile)
    assert is_off()


@pytest.mark.parametrize("what", [3, None])
def test_what_cannot_be_called_is_python_s_own_error(what: Callable[..., Any]) -> None:
    with pytest.raises(TypeError, match="not callable"):
        profile_function(what)
    assert is_off()
