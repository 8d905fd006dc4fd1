"""The faults of the naive memory are real: each is shown beside ours, free of it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest

from session1.llm.simulated import SimulatedLLM
from session1.memory.entry import MemoryEntry, footprint
from session1.memory.naive import NaiveMemory
from session1.memory_optimized_agent import MemoryOptimizedAgent

START = datetime(2026, 1, 1, tzinfo=UTC)
OFF = 10**9  # a cleanup interval that never comes


def ticking() -> Callable[[], datetime]:
    ticks = count()
    return lambda: START + timedelta(seconds=next(ticks))


def naive_memory(**options: Any) -> NaiveMemory:
    return NaiveMemory(clock=ticking(), **options)


def agent(**options: Any) -> MemoryOptimizedAgent:
    return MemoryOptimizedAgent("ours", SimulatedLLM(), clock=ticking(), **options)


def texts(memory: NaiveMemory | MemoryOptimizedAgent) -> list[str]:
    return [entry.content for entry in memory.memory_entries]


class Reads(MemoryEntry):
    """An entry that counts how often a time or a size is read."""

    count = 0

    def __getattribute__(self, name: str) -> Any:
        if name in ("timestamp", "size_bytes"):
            Reads.count += 1
        return super().__getattribute__(name)


def counted(n: int) -> NaiveMemory:
    naive = naive_memory(max_entries=n + 1, cleanup_interval=OFF)
    naive.memory_entries.extend(
        Reads(f"message {i}", START + timedelta(seconds=i), 0.5, 60) for i in range(n)
    )
    Reads.count = 0
    return naive


def test_context_reads_grow_with_the_square() -> None:
    for n in (50, 100, 200):
        counted(n).get_compressed_context()
        assert Reads.count == n * (2 * n + 1)


def test_each_add_reads_the_size_of_everything() -> None:
    for n in (50, 100, 200):
        counted(n).add_to_memory("one more")
        assert Reads.count == n


def test_bytes_are_counted_less_than_half() -> None:
    naive, ours = naive_memory(), agent()
    for memory in (naive, ours):
        memory.add_to_memory("How are you doing today?")
    held = footprint("How are you doing today?")  # as tracemalloc says: test_entry.py
    assert naive.get_memory_stats()["total_memory_mb"] < 0.5 * held / 2**20
    assert ours.get_memory_stats()["total_memory_mb"] == held / 2**20


def test_the_current_turn_goes_first() -> None:
    """100 important messages, then 30 ordinary ones, and memory is full."""
    naive = naive_memory(cleanup_interval=131)
    ours = agent(max_entries=130, cleanup_interval=131, horizon=100)
    for memory in (naive, ours):
        for i in range(100):
            memory.add_to_memory(f"old {i}", 0.9)
        for i in range(31):
            memory.add_to_memory(f"turn {i}", 0.5)
    assert [text for text in texts(naive) if "turn" in text] == ["turn 30"]
    assert texts(ours)[-10:] == [f"turn {i}" for i in range(21, 31)]


def test_the_limit_on_entries_is_never_reached() -> None:
    naive, ours = naive_memory(max_entries=1000), agent(max_entries=1000)
    most_naive = most_ours = 0
    for i in range(3000):
        naive.add_to_memory(f"message {i}")
        ours.add_to_memory(f"message {i}")
        most_naive = max(most_naive, len(naive.memory_entries))
        most_ours = max(most_ours, len(ours.memory))
    assert most_naive < 340
    assert 900 < most_ours <= 1000


def test_cleanup_throws_away_when_memory_is_nearly_empty() -> None:
    naive, ours = naive_memory(), agent()
    for memory in (naive, ours):
        for i in range(100):
            memory.add_to_memory(f"message {i}")
        assert memory.get_memory_stats()["memory_utilization_pct"] < 1
    assert len(naive.memory_entries) == 70
    assert len(ours.memory_entries) == 100


def test_cleanup_leaves_the_rest_out_of_order() -> None:
    naive, ours = naive_memory(cleanup_interval=10), agent(max_entries=10)
    for memory in (naive, ours):
        for i in range(12):
            memory.add_to_memory(f"message {i:02}", i * 7 % 10 / 10)
    assert texts(naive) != sorted(texts(naive))
    assert texts(ours) == sorted(texts(ours))


def test_where_cleanup_should_keep_nothing_it_keeps_everything() -> None:
    naive = naive_memory(cleanup_interval=5, keep_fraction=0.1)
    for i in range(5):
        naive.add_to_memory(f"message {i}")
    assert int(4 * 0.1) == 0
    assert len(naive.memory_entries) == 5


def test_the_byte_limit_is_crossed_after_cleanup() -> None:
    naive = naive_memory(max_memory_mb=0.001)
    naive.add_to_memory("x" * 5000)
    assert naive.get_memory_stats()["memory_utilization_pct"] > 100
    with pytest.raises(ValueError, match="raise the limit"):
        agent(max_memory_mb=0.001).add_to_memory("x" * 5000)


def test_one_old_message_erases_recency() -> None:
    naive = naive_memory()
    for minutes in (0, 50, 100):
        when = START + timedelta(minutes=minutes)
        naive.memory_entries.append(MemoryEntry("hello", when, 0.5, 60))
    first, middle, _ = naive.memory_entries
    assert naive.recency(middle) == 0.5
    year_ago = MemoryEntry("hi", START - timedelta(days=365), 0.5, 60)
    naive.memory_entries.appendleft(year_ago)
    assert naive.recency(first) > 0.999


def test_one_long_message_empties_the_context() -> None:
    naive, ours = naive_memory(), agent()
    for memory in (naive, ours):
        memory.add_to_memory("x" * 5000, 1.0)
        for i in range(10):
            memory.add_to_memory(f"message {i}")
    assert "message" not in naive.get_compressed_context(2000).split("[")[0]
    assert ours.get_compressed_context(2000).count("message ") == 10


@pytest.mark.parametrize("budget", [20, 100, 500])
def test_the_budget_is_exceeded(budget: int) -> None:
    naive, ours = naive_memory(), agent()
    for memory in (naive, ours):
        for i in range(90):
            memory.add_to_memory(f"number {i}")
        memory.add_to_memory("the end")
    assert len(naive.get_compressed_context(budget)) > budget
    assert len(ours.get_compressed_context(budget)) <= budget


def test_context_is_not_in_order_of_time() -> None:
    naive, ours = naive_memory(), agent()
    for memory in (naive, ours):
        for i, importance in enumerate((0.2, 0.9, 0.4)):
            memory.add_to_memory(f"turn {i}", importance)
    assert naive.get_compressed_context().split("\n") != ["turn 0", "turn 1", "turn 2"]
    assert ours.get_compressed_context().split("\n") == ["turn 0", "turn 1", "turn 2"]


def test_figures_are_missing_when_memory_is_empty() -> None:
    naive, ours = naive_memory(), agent()
    empty = set(naive.get_memory_stats()), set(ours.get_memory_stats())
    naive.add_to_memory("hello")
    ours.add_to_memory("hello")
    assert empty[0] < set(naive.get_memory_stats())
    assert empty[1] == set(ours.get_memory_stats())
