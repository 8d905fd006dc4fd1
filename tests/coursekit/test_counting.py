"""Counts are exact, and counted things behave as what they stand for."""

import asyncio
import heapq
import json
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coursekit.core.counting import (
    Counted,
    CountedEntry,
    CountedList,
    Counts,
    bare,
    calls,
    counted_entries,
    growth,
    peak_bytes,
    slope,
)


@dataclass
class Entry:
    content: str
    size: int


def test_attribute_reads_are_counted_by_name() -> None:
    counts = Counts()
    entry = CountedEntry(Entry("hello", 5), counts)
    assert entry.content + entry.content == "hellohello"
    assert entry.size == 5
    assert counts.reads == 3
    assert counts.names == {"content": 2, "size": 1}
    counts.reset()
    assert (counts.reads, counts.names) == (0, {})


def test_comparisons_of_entries_are_counted_in_a_sort() -> None:
    counts = Counts()
    entries = counted_entries([Entry("", s) for s in (3, 1, 2)], counts, ["size"])
    first, *_ = sorted(entries, key=lambda e: e.size)
    assert counts.names == {"item": 3, "size": 3}
    assert first.content == ""
    assert 2 <= counts.comparisons <= 6  # Python's sorts differ a little


@given(st.lists(st.integers(), max_size=30))
def test_counted_numbers_sort_like_plain_ones(numbers: list[int]) -> None:
    counts = Counts()
    found = sorted(Counted(n, counts) for n in numbers)
    assert list(map(bare, found)) == sorted(numbers)
    assert counts.comparisons >= len(numbers) - 1


def test_heaps_compare_counted_numbers() -> None:
    counts = Counts()
    heapq.nsmallest(2, [(Counted(n, counts), n) for n in range(50, 0, -1)])
    assert counts.comparisons > 50


@pytest.mark.parametrize("value", [3, 2.5, "text"])
def test_a_counted_value_serves_as_the_plain_one(value: int | float | str) -> None:
    counted = Counted(value, Counts())
    assert f"{counted}" == f"{value}"
    assert json.dumps(counted) == json.dumps(value)
    assert {value: 1}[counted] == 1
    assert type(bare(counted)) is type(value)
    assert type(counted + counted) is type(value)


def test_only_numbers_and_text_can_be_counted() -> None:
    with pytest.raises(TypeError, match="not list"):
        Counted([], Counts())


@pytest.mark.parametrize(
    ("use", "reads"),
    [
        (lambda x: [*x], 10),
        (lambda x: x[3], 1),
        (lambda x: x[2:5], 3),
        (lambda x: sum(x), 10),
        (lambda x: max(x), 10),
        (lambda x: 2 in x, 3),
        (lambda x: list(reversed(x)), 10),
        (lambda x: x.copy(), 10),
        (lambda x: x.index(4), 5),
        (lambda x: x.count(4), 10),
        (lambda x: x + x, 10),
        (lambda x: x.sort(), 10),
        (lambda x: x.pop(), 1),
        (lambda x: next(iter(x)), 1),
        (lambda x: len(x), 0),
    ],
)
def test_item_reads_are_counted(use, reads: int) -> None:  # type: ignore[no-untyped-def]
    counts = Counts()
    use(CountedList(range(10), counts))
    assert counts.reads == reads


def test_calls_are_counted_plain_and_async() -> None:
    counts = Counts()

    async def later(x: int) -> int:
        return x

    assert calls(abs, counts)(-3) == 3
    assert asyncio.run(calls(later, counts)(4)) == 4
    assert counts.calls == 2


def test_growth_of_known_costs() -> None:
    sizes = [100, 1000, 10_000]
    assert growth(lambda n: 7 * n, sizes) == pytest.approx(1)
    assert growth(lambda n: n * n, sizes) == pytest.approx(2)
    assert growth(lambda n: 5, sizes) == pytest.approx(0)
    assert growth(lambda n: 0, sizes) == 0
    assert growth(lambda n: n / 1e9, sizes) == pytest.approx(1)


@pytest.mark.parametrize("sizes", [[], [5], [5, 5], [0, 5]])
def test_growth_needs_two_sizes(sizes: list[int]) -> None:
    with pytest.raises(ValueError, match="two different sizes"):
        slope(sizes, sizes)


def test_peak_counts_what_is_held_at_once() -> None:
    def build() -> int:
        return len(bytearray(1_000_000)) + len(bytearray(500_000))

    assert 1_000_000 <= peak_bytes(build) < 1_010_000
