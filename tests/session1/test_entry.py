"""Entries: what is refused, how times are read, and bytes against tracemalloc."""

import gc
import tracemalloc
from datetime import UTC, datetime, timedelta, timezone, tzinfo

import pytest

from session1.memory.bounded import BoundedMemory
from session1.memory.entry import MemoryEntry, aware

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def test_entry_is_frozen_and_slotted() -> None:
    entry = MemoryEntry("hello", NOW, 0.5, 100)
    with pytest.raises(AttributeError):
        entry.content = "other"  # type: ignore[misc]
    assert not hasattr(entry, "__dict__")


@pytest.mark.parametrize("content", [None, 3, b"bytes", ["list"]])
def test_content_must_be_text(content: object) -> None:
    with pytest.raises(TypeError, match="content must be a str"):
        MemoryEntry(content, NOW, 0.5, 100)  # type: ignore[arg-type]


def test_empty_content_is_refused() -> None:
    with pytest.raises(ValueError, match="content is empty"):
        MemoryEntry("", NOW, 0.5, 100)


@pytest.mark.parametrize("importance", [float("nan"), float("inf"), -0.1, 1.01])
def test_importance_outside_0_to_1_is_refused(importance: float) -> None:
    with pytest.raises(ValueError, match=f"between 0 and 1, got {importance}"):
        MemoryEntry("hello", NOW, importance, 100)


@pytest.mark.parametrize("importance", ["0.5", None, True, 1j])
def test_importance_must_be_a_number(importance: object) -> None:
    with pytest.raises(TypeError, match="importance must be an int or a float"):
        MemoryEntry("hello", NOW, importance, 100)  # type: ignore[arg-type]


def test_naive_time_is_utc() -> None:
    naive = MemoryEntry("hello", datetime(2026, 1, 1), 0.5, 100)
    assert naive.timestamp == NOW


def test_a_zone_without_an_offset_counts_as_none() -> None:
    class Nowhere(tzinfo):
        def utcoffset(self, when: datetime | None) -> None:
            return None

    lost = datetime(2026, 1, 1, tzinfo=Nowhere())
    assert aware(lost) == NOW


def test_other_zones_are_kept() -> None:
    paris = datetime(2026, 1, 1, 1, tzinfo=timezone(timedelta(hours=1)))
    assert aware(paris) is paris
    assert aware(paris) == NOW


def test_time_must_be_a_datetime() -> None:
    with pytest.raises(TypeError, match="timestamp must be a datetime"):
        MemoryEntry("hello", 12.5, 0.5, 100)  # type: ignore[arg-type]


@pytest.mark.slow
@pytest.mark.parametrize("letter", ["x", "é", "語", "🙂"])
@pytest.mark.parametrize("length", [20, 100, 1000])
def test_reported_bytes_are_those_held(letter: str, length: int) -> None:
    count = 2000
    gc.collect()  # empties the free lists, whose objects tracemalloc would not see
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        memory = BoundedMemory(1 << 30, count)
        for i in range(count):
            memory.add(letter * (length - 6) + f"{i:06}", i / count)
        next(memory.ranked())  # puts the rows in order
        held = tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()
    assert memory.bytes == pytest.approx(held, rel=0.15)
