"""The histogram against sorting everything."""

import math
import random
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from session1.monitoring.histogram import BUCKETS, Histogram, nearest_rank

seconds = st.floats(min_value=0, max_value=2.0**50, allow_subnormal=False)
percents = st.integers(0, 100_000).map(lambda thousandths: thousandths / 1000)


def filled(values: list[float], exact: int = 1024) -> Histogram:
    histogram = Histogram(exact)
    for value in values:
        histogram.record(value)
    return histogram


def by_sorting(values: list[float], percent: float) -> float:
    rank = max(1, math.ceil(Fraction(str(percent)) / 100 * len(values)))
    return sorted(values)[rank - 1]


def near(value: float) -> object:
    return pytest.approx(value, rel=0.005, abs=1e-9)


@pytest.mark.parametrize(
    ("percent", "count", "rank"),
    [
        (50, 100, 50),
        (90, 100, 90),
        (95, 100, 95),
        (50, 2, 1),
        (95, 20, 19),
        (100, 7, 7),
        (0, 7, 1),
        (7, 100, 7),
        (99.9, 1000, 999),
        (50, 1, 1),
    ],
)
def test_nearest_rank_by_hand(percent: float, count: int, rank: int) -> None:
    assert nearest_rank(percent, count) == rank


@given(st.lists(seconds, min_size=1, max_size=50), percents)
def test_few_values_are_answered_exactly(values: list[float], percent: float) -> None:
    assert filled(values).percentile(percent) == by_sorting(values, percent)


@given(st.lists(seconds, min_size=1, max_size=60), percents, st.integers(1, 8))
def test_folded_values_stay_within_half_a_percent(
    values: list[float], percent: float, exact: int
) -> None:
    histogram = filled(values, exact)
    assert histogram.percentile(percent) == near(by_sorting(values, percent))
    assert histogram.min == min(values)
    assert histogram.max == max(values)
    assert len(histogram) == len(values)
    assert histogram.total == pytest.approx(math.fsum(values))


@given(st.lists(seconds, max_size=40), st.lists(seconds, max_size=40))
def test_merging_counts_what_both_counted(
    left: list[float], right: list[float]
) -> None:
    merged, other = filled(left, exact=7), filled(right, exact=5)
    merged.merge(other)
    assert (len(merged), len(other)) == (len(left) + len(right), len(right))
    if left + right:
        for percent in (0, 50, 95, 100):
            expected = by_sorting(left + right, percent)
            assert merged.percentile(percent) == near(expected)
        assert merged.max == max(left + right)


@given(st.lists(seconds, max_size=30), seconds)
def test_values_under_a_limit_are_counted_strictly(
    values: list[float], limit: float
) -> None:
    assert filled(values).count_under(limit) == sum(v < limit for v in values)


def test_many_values_of_a_long_tail() -> None:
    rng = random.Random(4)
    values = [rng.lognormvariate(0, 2) for _ in range(30_000)]
    histogram = filled(values)
    for percent in (1, 50, 90, 95, 99, 99.9):
        assert histogram.percentile(percent) == near(by_sorting(values, percent))
    under = sum(v < 1.0 for v in values)
    assert abs(histogram.count_under(1.0) - under) <= 0.005 * len(values)
    assert histogram.count_under(1) == histogram.count_under(1.0)
    assert histogram.count_under(0) == 0
    assert histogram.count_under(math.inf) == len(values)


@pytest.mark.parametrize("rounds", range(20))
def test_values_at_a_deadline_are_never_below_it(rounds: int) -> None:
    deadline = 2.0 * 0.9**rounds
    histogram = filled([deadline] * 2_000 + [deadline / 2] * 100)
    assert histogram.count_under(deadline) == 100


def test_memory_is_the_same_after_a_thousand_or_a_million() -> None:
    histogram = filled([0.001 * n for n in range(50_000)])
    assert histogram._counts is not None
    assert len(histogram._counts) <= BUCKETS
    assert len(histogram._pending) < 1024


def test_only_the_buckets_in_use_are_held() -> None:
    histogram = filled([0.1 + 1e-6 * n for n in range(5_000)])
    assert histogram._counts is not None
    assert len(histogram._counts) <= 10
    for far in [5e9] * 1024 + [1e-8] * 1024:
        histogram.record(far)
    assert len(histogram) == 7_048
    assert histogram.percentile(10) == near(1e-8)
    assert histogram.percentile(50) == near(0.1025)
    assert histogram.percentile(99) == near(5e9)
    assert histogram.count_under(0.01) == 1024
    assert histogram.count_under(1e-9) == 0


@given(st.lists(seconds, max_size=40), st.lists(seconds, max_size=40))
def test_many_at_once_are_counted_like_one_by_one(
    first: list[float], more: list[float]
) -> None:
    one, many = filled(first + more, exact=7), filled(first, exact=7)
    many.extend(np.array(more))
    assert len(one) == len(many)
    if first + more:
        points = (0, 25, 50, 95, 100)
        assert many.percentiles(*points) == [near(p) for p in one.percentiles(*points)]


@pytest.mark.parametrize("value", [-0.1, math.nan, math.inf, 2.0**51])
def test_values_that_are_no_durations_are_refused(value: float) -> None:
    histogram = Histogram()
    with pytest.raises(ValueError, match="0 to 2"):
        histogram.record(value)
    assert len(histogram) == 0


def test_an_empty_histogram_says_so() -> None:
    histogram = Histogram()
    assert (histogram.mean, histogram.total, histogram.count_under(1)) == (0, 0, 0)
    for ask in (lambda: histogram.percentile(50), lambda: histogram.min):
        with pytest.raises(ValueError, match="no values"):
            ask()
    with pytest.raises(ValueError, match="between 0 and 100"):
        filled([1.0]).percentile(101)
