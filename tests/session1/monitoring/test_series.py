"""Series and windows: nothing lost between threads, rates on any clock."""

import threading
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from session1.monitoring.bounded_map import Capped
from session1.monitoring.counter import Counter
from session1.monitoring.histogram import Histogram
from session1.monitoring.series import FULL, Series
from session1.monitoring.window import SLOTS, Window


def series(clock: Any = lambda: 0.0) -> Series:
    return Series(clock, Window(60.0, clock()))


def in_threads(count: int, work) -> None:
    threads = [threading.Thread(target=work) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_threads_lose_and_double_nothing() -> None:
    one, counter, times = series(), Counter(), 20 * FULL

    def work() -> None:
        for n in range(times):
            one.record(float(n))
            counter.add()
            if n % 5000 == 0:
                assert len(one) >= n // 2

    in_threads(4, work)
    copy = one.histogram()
    assert len(copy) == len(one) == counter.value == 4 * times
    assert copy.total == 4 * sum(range(times))
    assert one.rate() is None  # no time has passed


def test_what_waits_to_be_counted_is_bounded() -> None:
    one = series()
    for _ in range(50_000):
        one.record(0.5)
        assert len(one._pending) <= FULL


def test_while_another_counts_recording_neither_waits_nor_loses() -> None:
    one = series()
    with one._lock:  # as a signal handler finds it
        for _ in range(2 * FULL):
            one.record(1.0)
    assert len(one) == 2 * FULL


def test_figures(clock: Any) -> None:
    one = series(clock)
    assert one.figures() == {
        "count": 0,
        "sum": 0.0,
        "per_second": None,
        **dict.fromkeys(["mean", "min", "max", "p50", "p90", "p95", "p99"]),
    }
    for n in range(1, 101):
        one.record(n)
    clock.now = 10.0
    found = one.figures()
    assert found["per_second"] == 10
    assert (found["count"], found["sum"], found["mean"]) == (100, 5050, 50.5)
    assert (found["min"], found["max"]) == (1, 100)
    assert [found[f"p{p}"] for p in (50, 90, 95, 99)] == [50, 90, 95, 99]


def test_a_clock_that_steps_back_takes_no_time(clock: Any) -> None:
    clock.now = 100.0
    one = series(clock)
    clock.now = 40.0
    one.took(began=100.0)
    one.spent(-3.0)
    assert (len(one), one.histogram().max, one.rate()) == (2, 0.0, None)


@pytest.mark.parametrize("value", [-1, float("nan"), float("inf"), 2.0**51])
def test_values_that_no_histogram_takes_are_refused(value: float) -> None:
    one = series()
    with pytest.raises(ValueError, match="0 to 2"):
        one.record(value)
    assert len(one) == 0


@pytest.mark.parametrize("value", ["1", None, True, [1.0]])
def test_values_of_another_type_are_refused(value: object) -> None:
    with pytest.raises(TypeError, match="value must be an int or a float"):
        series().record(value)  # type: ignore[arg-type]


times = st.lists(st.floats(0, 200), min_size=1, max_size=60).map(sorted)


@given(times, st.integers(1, 7), st.floats(0.1, 100))
def test_the_rate_is_that_of_the_slots_in_the_window(
    at: list[float], batch: int, seconds: float
) -> None:
    window, now = Window(seconds, 0.0), at[-1] + 1e-3
    for first in range(0, len(at), batch):
        window.add(np.array(at[first : first + batch]))
    width = seconds / SLOTS
    oldest = now // width - SLOTS + 1
    inside = sum(t // width >= oldest for t in at)
    assert window.rate(now) == pytest.approx(inside / (now - max(0.0, oldest * width)))
    assert window.rate(now + 3 * seconds) == 0.0
    assert len(window._counts) <= SLOTS + batch


def test_the_window_goes_on_after_a_clock_stepped_back() -> None:
    window = Window(60, 0.0)
    window.add(np.arange(1000.0, 1060.0))
    window.add(np.array([10.0, 11.0]))
    assert window.rate(12.0) == pytest.approx(2 / 12)


@pytest.mark.parametrize("seconds", [0, -1, float("inf"), float("nan")])
def test_a_window_lasts_some_time(seconds: float) -> None:
    with pytest.raises(ValueError, match="window"):
        Window(seconds, 0.0)


def test_a_capped_map_folds_what_is_too_much() -> None:
    made: list[int] = []

    def make(key: int) -> Histogram:
        made.append(key)
        return Histogram()

    few = Capped(3, make, lambda key: -1)
    first = [few.get(n) for n in range(10)]
    assert [few.get(n) is h for n, h in enumerate(first)] == [True] * 10
    assert first[3] is first[9] is not first[2]
    assert (made, len(few), few.folded) == ([0, 1, 2, -1], 4, 14)


def test_threads_agree_on_what_a_capped_map_made() -> None:
    many = Capped(50, lambda key: Counter(), lambda key: -1)

    def work() -> None:
        for n in range(2000):
            many.get(n % 100).add()

    in_threads(4, work)
    assert sum(one.value for _, one in many.items()) == 8000
    assert (len(many), many.folded) == (51, 4000)


@pytest.mark.parametrize("by", [-1, float("nan"), float("inf")])
def test_a_counter_only_grows(by: float) -> None:
    counter = Counter()
    with pytest.raises(ValueError, match="only grows"):
        counter.add(by)
    assert counter.value == 0
