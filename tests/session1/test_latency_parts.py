"""Tuner in closed loop, shared streams, stand-ins, counting of responses."""

import asyncio

import pytest

from session1 import virtual_time
from session1.latency.broadcast import Broadcast
from session1.latency.closed_loop import NaiveTuner, late_share, simulate
from session1.latency.response_times import ResponseTimes
from session1.latency.tuner import Tuner


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("hit_rate", [0.0, 0.5, 0.95])
def test_few_answers_are_late_where_the_naive_rule_loses_them_all(
    seed: int, hit_rate: float
) -> None:
    tuner, naive = Tuner(), NaiveTuner()
    ours = simulate(tuner.tune, on_model=tuner.record, seed=seed, hit_rate=hit_rate)
    assert late_share(ours) <= 0.06
    assert late_share(ours[-10:]) <= 0.1
    if hit_rate == 0.95:
        theirs = simulate(
            naive.tune, on_response=naive.record, seed=seed, hit_rate=hit_rate
        )
        assert late_share(theirs[-10:]) == 1.0
        assert theirs[-1].target < 0.05


def test_the_target_shrinks_in_steps_to_what_the_model_needs() -> None:
    tuner = Tuner()
    assert tuner.tune(2.0) == 2.0, "nothing known yet"
    for _ in range(100):
        tuner.record(1.0)
    assert tuner.tune(2.0) == pytest.approx(1.8)
    assert tuner.tune(1.05) == 1.0


def test_the_target_grows_with_a_model_that_slows_down() -> None:
    tuner = Tuner(ceiling=5.0)
    for _ in range(100):
        tuner.record(1.0)
    for _ in range(400):
        tuner.record(3.0)
    assert tuner.tune(1.0) == 3.0, "the old answers are forgotten"
    for _ in range(400):
        tuner.record(30.0)
    assert tuner.tune(3.0) == 5.0


def test_the_floor_holds_for_a_very_fast_model() -> None:
    tuner = Tuner(floor=0.5)
    for _ in range(100):
        tuner.record(0.001)
    assert tuner.tune(0.52) == 0.5


@pytest.mark.parametrize(
    "settings", [{"floor": 0}, {"floor": 2, "ceiling": 1}, {"enough": 0}]
)
def test_senseless_bounds_are_refused(settings: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="need 0 <"):
        Tuner(**settings)  # type: ignore[arg-type]


def test_every_reader_gets_every_piece_and_the_error() -> None:
    async def main() -> list[list[str]]:
        pieces = Broadcast()

        async def read() -> list[str]:
            got: list[str] = []
            try:
                async for piece in pieces.read():
                    got.append(piece)
            except OSError as error:
                got.append(f"<{error}>")
            return got

        early = asyncio.create_task(read())
        await asyncio.sleep(0)
        pieces.put("a")
        late = asyncio.create_task(read())
        await asyncio.sleep(0)
        pieces.put("b")
        pieces.close(OSError("gone"))
        pieces.close()
        return [await early, await late, await read()]

    assert virtual_time.run(main).value == [["a", "b", "<gone>"]] * 3


def test_responses_are_counted_once_and_never_negative() -> None:
    times = ResponseTimes()
    assert times.answered("exact", -5.0) == 0.0
    times.answered("model", 1.5)
    times.answered("fallback", 2.0)
    times.ended("error")
    figures = times.figures(2.0)
    assert figures["total_responses"] == 3
    assert figures["responses_under_target"] == 2
    assert figures["target_achievement_rate"] == pytest.approx(66.67, abs=0.01)
    assert figures["hits"]["count"] == 1
    assert figures["misses"]["p95"] == 2.0
    assert figures["errors"] == 1
