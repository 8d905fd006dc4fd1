"""run_batch: a bounded window whose calls cannot hurt each other."""

import asyncio
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from session1 import virtual_time
from session1.runtime.batch import GiveUp, Outcome, run_batch


def test_a_window_has_no_barriers() -> None:
    async def nap(seconds: float, give_up: GiveUp) -> float:
        await asyncio.sleep(seconds)
        return seconds

    async def main() -> list[Outcome[float]]:
        return await run_batch(nap, (9, 1, 1, 1, 6), 2)

    timed = virtual_time.run(main)
    assert [o.value for o in timed.value] == [9, 1, 1, 1, 6]
    assert timed.seconds == 9  # in batches of two: 9 + 1 + 6


def test_a_call_given_up_lets_the_next_one_in() -> None:
    async def one(name: str, give_up: GiveUp) -> str:
        if name == "fine":
            return name
        asyncio.get_running_loop().call_later(1, give_up, TimeoutError("left"))
        try:
            await asyncio.sleep(50)
        except asyncio.CancelledError:
            await asyncio.sleep(50)
        return name

    async def main() -> list[Outcome[Any]]:
        return await run_batch(one, ["stuck", "fine"], 1)

    timed = virtual_time.run(main)
    assert str(timed.value[0].error) == "left"
    assert timed.value[1] == Outcome("fine")


def test_at_least_one_has_to_run() -> None:
    with pytest.raises(ValueError, match="limit is 0"):
        virtual_time.run(run_batch, None, [], 0)


ends = st.sampled_from(["value", "error", "cancel", "exit"])


@given(st.lists(st.tuples(ends, st.integers(0, 5)), max_size=12), st.integers(1, 5))
def test_every_call_has_its_outcome_in_its_place(plan: list, limit: int) -> None:
    now = most = 0

    async def call(i: int, give_up: GiveUp) -> int:
        nonlocal now, most
        now += 1
        most = max(most, now)
        end, seconds = plan[i]
        try:
            await asyncio.sleep(seconds)
            if end == "error":
                raise ValueError(i)
            if end == "cancel":
                raise asyncio.CancelledError
            if end == "exit":
                raise GeneratorExit(i)
            return i
        finally:
            now -= 1

    async def main() -> list[Outcome[int]]:
        return await run_batch(call, range(len(plan)), limit)

    kinds = {
        "error": ValueError,
        "cancel": asyncio.CancelledError,
        "exit": GeneratorExit,
    }
    timed = virtual_time.run(main)
    for i, (outcome, (end, _)) in enumerate(zip(timed.value, plan, strict=True)):
        if end == "value":
            assert outcome == Outcome(i)
        else:
            assert isinstance(outcome.error, kinds[end])
    assert most <= limit
    longest = max((s for _, s in plan), default=0)
    total = sum(s for _, s in plan)
    assert longest <= timed.seconds <= total / limit + longest
