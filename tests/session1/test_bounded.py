"""Laws of the bounded memory, checked against a list that is searched each time."""

from datetime import UTC, datetime, timedelta
from itertools import count, pairwise
from math import inf
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from session1.memory.bounded import BoundedMemory
from session1.memory.entry import footprint

START = datetime(2026, 1, 1, tzinfo=UTC)
TENTHS = st.integers(0, 10).map(lambda tenths: tenths / 10)
MESSAGES = st.lists(st.tuples(st.text(min_size=1, max_size=40), TENTHS), max_size=60)
LIMITS = st.tuples(st.integers(footprint("x" * 40) * 3, 8000), st.integers(1, 20))


def clock_of_seconds() -> Any:
    ticks = count()
    return lambda: START + timedelta(seconds=next(ticks))


@given(MESSAGES, LIMITS)
def test_no_limit_is_crossed_and_the_newest_stays(messages: Any, limits: Any) -> None:
    memory = BoundedMemory(*limits)
    for text, importance in messages:
        try:
            memory.add(text, importance)
        except ValueError:
            assert footprint(text) > limits[0]
            continue
        assert memory.bytes <= limits[0]
        assert len(memory) <= limits[1]
        assert list(memory)[-1].content == text
        assert memory.bytes == sum(entry.size_bytes for entry in memory)


@given(MESSAGES, st.integers(1, 20))
def test_survivors_are_those_a_search_would_keep(messages: Any, limit: int) -> None:
    memory = BoundedMemory(1 << 20, limit, horizon=7)
    kept: list[tuple[float, int, str]] = []
    for position, (text, importance) in enumerate(messages):
        memory.add(text, importance)
        if len(kept) == limit:
            kept.remove(min(kept))
        score = importance * 0.7 + position * ((1 - 0.7) / 7)
        kept.append((inf if importance == 1 else score, position, text))
    assert [e.content for e in memory] == [text for *_, text in kept]
    best = [text for *_, text in sorted(kept, reverse=True)]
    assert [e.content for e in memory.best_first()] == best


@given(MESSAGES)
def test_iteration_is_in_order_of_arrival(messages: Any) -> None:
    memory = BoundedMemory(1 << 20)
    for text, importance in messages:
        memory.add(text, importance)
    assert [(e.content, e.importance_score) for e in memory] == messages


@given(st.lists(st.tuples(st.integers(0, 9), TENTHS), min_size=2, max_size=80))
def test_order_is_that_of_span_normalised_recency(steps: Any) -> None:
    """With the span as horizon the fixed score ranks as 0.7 and 0.3 of age do."""
    times = [START]
    for step, _ in steps:
        times.append(times[-1] + timedelta(seconds=step))
    times, span = times[1:], times[-1] - times[1]
    if not span:
        return
    memory = BoundedMemory(1 << 20, horizon=span)
    for when, (_, importance) in zip(times, steps, strict=True):
        memory.add("hello", importance, when)
    ranks = [
        inf
        if e.importance_score == 1
        else 0.7 * e.importance_score + 0.3 * (1 - (times[-1] - e.timestamp) / span)
        for e in memory.best_first()
    ]
    assert len(ranks) == len(steps)
    assert all(better >= worse - 1e-9 for better, worse in pairwise(ranks))


@pytest.mark.parametrize("horizon", [1000, timedelta(seconds=9)])
def test_importance_one_stays_whatever_less_important_comes_after(horizon: Any) -> None:
    memory = BoundedMemory(1 << 20, 50, horizon=horizon, clock=clock_of_seconds())
    memory.add("allergic to peanuts", 1.0)
    for i in range(5000):
        memory.add(f"remark {i}", 0.1 + i % 9 / 10)
        if i % 100 == 0:
            memory.cleanup()
    assert next(memory.best_first()).content == "allergic to peanuts"
    assert len(memory) <= 50 and list(memory)[-1].content == "remark 4999"
    for i in range(50):
        memory.add(f"rule {i}", 1.0)
    assert [e.content for e in memory] == [f"rule {i}" for i in range(50)]


def test_where_importance_counts_nothing_it_pins_nothing() -> None:
    memory = BoundedMemory(1 << 20, 2, importance_weight=0)
    for text, importance in (("one", 1.0), ("two", 0.1), ("three", 0.1)):
        memory.add(text, importance)
    assert [e.content for e in memory] == ["two", "three"]


def test_a_clock_that_jumps_changes_nothing_when_messages_are_counted() -> None:
    steady, jumping = BoundedMemory(1 << 20, 5), BoundedMemory(1 << 20, 5)
    for i in range(20):
        steady.add(str(i), i % 3 / 2, START + timedelta(seconds=i))
        jumping.add(str(i), i % 3 / 2, START - timedelta(days=1000 * i))
    assert [e.content for e in steady] == [e.content for e in jumping]


def test_naive_and_aware_times_mix() -> None:
    memory = BoundedMemory(1 << 20, horizon=timedelta(hours=1))
    memory.add("aware", 0.5, START)
    memory.add("naive", 0.5, datetime(2026, 1, 1, 0, 30))
    assert [e.content for e in memory.best_first()] == ["naive", "aware"]


def test_naive_clock_is_read_as_utc() -> None:
    memory = BoundedMemory(1 << 20, clock=lambda: datetime(2026, 1, 1))
    memory.add("hello")
    assert next(iter(memory)).timestamp == START


def test_a_clock_must_tell_datetimes() -> None:
    memory = BoundedMemory(1 << 20, clock=lambda: 12.5)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="timestamp must be a datetime"):
        memory.add("hello")
    assert len(memory) == 0


def test_an_entry_larger_than_the_budget_changes_nothing() -> None:
    memory = BoundedMemory(2000, 3)
    for text in ("one", "two", "three"):
        memory.add(text)
    before = list(memory), memory.bytes, memory.evicted, memory.average_importance
    with pytest.raises(ValueError, match="shorten it or raise the limit"):
        memory.add("x" * 3000)
    with pytest.raises(ValueError, match="between 0 and 1"):
        memory.add("fine", float("nan"))
    after = list(memory), memory.bytes, memory.evicted, memory.average_importance
    assert after == before


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"max_bytes": 0}, ValueError),
        ({"max_bytes": -1}, ValueError),
        ({"max_bytes": 10.5}, TypeError),
        ({"max_bytes": True}, TypeError),
        ({"max_bytes": "10"}, TypeError),
        ({"max_entries": 0}, ValueError),
        ({"max_entries": None}, TypeError),
        ({"keep_fraction": 1.5}, ValueError),
        ({"keep_fraction": float("nan")}, ValueError),
        ({"importance_weight": -0.1}, ValueError),
        ({"importance_weight": "0.7"}, TypeError),
        ({"horizon": 0}, ValueError),
        ({"horizon": float("inf")}, ValueError),
        ({"horizon": timedelta(0)}, ValueError),
        ({"horizon": "hour"}, TypeError),
    ],
)
def test_wrong_limits_are_named(wrong: Any, error: type[Exception]) -> None:
    with pytest.raises(error, match=next(iter(wrong))):
        BoundedMemory(**({"max_bytes": 1000} | wrong))


@pytest.mark.parametrize(("held", "kept"), [(0, 0), (1, 1), (2, 1), (3, 2), (10, 7)])
def test_cleanup_keeps_the_best_70_percent_and_at_least_one(
    held: int, kept: int
) -> None:
    memory = BoundedMemory(1 << 20)
    for i in range(held):
        memory.add(str(i), i / 10)
    assert memory.cleanup() == held - kept
    assert [e.content for e in memory] == [str(i) for i in range(held - kept, held)]
    assert memory.bytes == sum(e.size_bytes for e in memory)


def test_cleanup_that_keeps_nothing_keeps_one() -> None:
    memory = BoundedMemory(1 << 20, keep_fraction=0)
    for i in range(5):
        memory.add(str(i))
    memory.cleanup()
    assert [e.content for e in memory] == ["4"]


def test_evict_takes_the_unimportant_first_and_the_worst_score_among_them() -> None:
    memory = BoundedMemory(1 << 20, 10, horizon=1)  # age counts most
    for i in range(10):
        memory.add(str(i), 0.9 if i < 5 else 0.1)
    memory.evict(0, level=0.7, threshold=0.5)
    assert [e.content for e in memory] == ["0", "1", "2", "3", "4", "8", "9"]


@given(MESSAGES, st.floats(0, 1), st.integers(0, 5000))
def test_evict_leaves_room(messages: Any, level: float, size: int) -> None:
    memory = BoundedMemory(8000, 20)
    for text, importance in messages:
        memory.add(text, importance)
    before = len(memory)
    gone = memory.evict(size, level, 0.5)
    assert before == len(memory) + gone
    assert memory.bytes + size <= 8000
    assert len(memory) < 20
    if size <= 8000 * level:
        assert memory.bytes + size <= 8000 * level


def test_a_message_above_the_level_only_has_to_fit() -> None:
    memory = BoundedMemory(1000, size_of=lambda _: 50)
    for i in range(20):
        memory.add(str(i))
    memory.evict(800, level=0.7, threshold=0.5)
    assert memory.bytes == 200


class Counted(float):
    """A score that counts how often it is compared."""

    compared = 0

    def __lt__(self, other: float) -> bool:
        Counted.compared += 1
        return float.__lt__(self, other)

    def __eq__(self, other: object) -> bool:
        Counted.compared += 1
        return float.__eq__(self, other)

    __hash__ = float.__hash__

    def __mul__(self, other: float) -> "Counted":
        return Counted(float.__mul__(self, other))

    def __add__(self, other: float) -> "Counted":
        return Counted(float.__add__(self, other))

    __radd__ = __add__


def comparisons(n: int) -> float:
    """Comparisons for each add to a full memory of `n`."""
    memory = BoundedMemory(1 << 40, n, horizon=n)
    for i in range(n):
        memory.add("hello", Counted(i * 7919 % 1000 / 1000))
    next(memory.ranked())
    Counted.compared = 0
    for i in range(100):
        memory.add("hello", Counted(i * 7919 % 1000 / 1000))
    return Counted.compared / 100


def test_adding_at_the_limit_takes_log_n_comparisons() -> None:
    small, large = comparisons(500), comparisons(32_000)
    assert large < 120  # two for each of log2(32,000) = 15 steps, a few times over
    assert large - small < 60


def test_many_adds_at_the_limit_keep_the_sums_right() -> None:
    memory = BoundedMemory(200_000, 300, horizon=300)
    for i in range(50_000):
        memory.add("hello there", i % 11 / 10)
    assert len(memory) == 300
    assert memory.added == 50_000
    assert memory.evicted == 49_700
    assert memory.bytes == sum(e.size_bytes for e in memory)
    mean = sum(e.importance_score for e in memory) / 300
    assert memory.average_importance == pytest.approx(mean)
