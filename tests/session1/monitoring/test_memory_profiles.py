"""Memory of one call: tracemalloc's peak and lines, and memory-profiler's lines."""

import asyncio
import cProfile
import ctypes
import sys
import tracemalloc
from collections.abc import Iterator
from typing import Any

import pytest

from session1.monitoring.allocations import Allocating, peak_allocations
from session1.monitoring.line_memory import NOTE, profile_lines

MB = 2**20


@pytest.fixture(autouse=True)
def trimmed() -> None:
    """Give freed memory back, or what a test allocates adds nothing to the process."""
    if sys.platform == "linux":
        ctypes.CDLL(None).malloc_trim(0)


def kept(size: int) -> bytearray:
    return bytearray(size)


def dropped(size: int) -> int:
    small = bytearray(size // 10)
    large = bytearray(size)
    return len(small) + len(large)


def passing(size: int) -> int:
    return len(kept(size))


def test_peak_what_is_left_and_the_lines() -> None:
    result, found = peak_allocations(kept, 10 * MB)
    assert len(result) == 10 * MB
    assert found.peak_bytes == pytest.approx(10 * MB, rel=0.01)
    assert found.left_bytes == pytest.approx(10 * MB, rel=0.01)
    assert found.lines[0].source == "return bytearray(size)"
    assert found.lines[0].where.startswith("test_memory_profiles.py:")
    assert found.lines[0].bytes == pytest.approx(10 * MB, rel=0.01)
    assert "peak 10.0 MB, left 10.0 MB" in str(found)
    assert not tracemalloc.is_tracing()
    assert sys.getprofile() is None


def test_what_is_dropped_before_the_end_has_its_lines_too() -> None:
    result, found = peak_allocations(dropped, 10 * MB)
    assert result == 11 * MB
    assert found.peak_bytes == pytest.approx(11 * MB, rel=0.01)
    assert found.left_bytes < 0.1 * MB
    assert [line.source for line in found.lines[:2]] == [
        "large = bytearray(size)",
        "small = bytearray(size // 10)",
    ]


def test_what_a_callee_returns_and_is_dropped_is_seen() -> None:
    _, found = peak_allocations(passing, 10 * MB)
    assert found.lines[0].source == "return bytearray(size)"
    assert found.seen_bytes >= found.peak_bytes / 1.6


def test_many_small_ones() -> None:
    def build(n: int) -> int:
        table = {f"key {i}": [i] for i in range(n)}
        return len(table)

    result, found = peak_allocations(build, 20_000)
    assert result == 20_000
    assert found.peak_bytes > 20_000 * 100
    assert "key" in found.lines[0].source
    assert sum(line.bytes for line in found.lines) == pytest.approx(
        found.seen_bytes, rel=0.05
    )


def test_nothing_allocated_is_nothing() -> None:
    _, found = peak_allocations(len, "abc")
    assert found.peak_bytes < 5000
    assert found.left_bytes < 5000


def test_tracing_that_was_on_stays_on_and_is_not_counted() -> None:
    tracemalloc.start()
    try:
        before = bytearray(5 * MB)
        _, found = peak_allocations(dropped, 1 * MB)
        assert tracemalloc.is_tracing()
        assert found.peak_bytes == pytest.approx(1.1 * MB, rel=0.02)
        assert all("before" not in line.source for line in found.lines)
        del before
    finally:
        tracemalloc.stop()


def test_a_failing_call_leaves_no_tracing_behind() -> None:
    def fail() -> None:
        large = bytearray(MB)
        raise ValueError(len(large))

    with pytest.raises(ValueError):
        peak_allocations(fail)
    assert not tracemalloc.is_tracing() and sys.getprofile() is None
    with pytest.raises(ValueError), Allocating() as taken:
        fail()
    assert taken.result.peak_bytes >= MB


def test_generators_and_async_functions() -> None:
    def parts() -> Iterator[bytearray]:
        yield bytearray(MB)
        yield bytearray(MB)

    async def nap() -> int:
        large = bytearray(3 * MB)
        await asyncio.sleep(0)
        return len(large)

    result, found = peak_allocations(parts)
    assert len(result) == 2
    assert found.left_bytes == pytest.approx(2 * MB, rel=0.02)
    result, found = asyncio.run(peak_allocations(nap))
    assert result == 3 * MB
    assert found.peak_bytes == pytest.approx(3 * MB, rel=0.02)


def test_time_and_memory_are_measured_apart() -> None:
    profile = cProfile.Profile()
    profile.enable()
    try:
        if sys.getprofile() is not None:  # from Python 3.12 on they do not meet
            with pytest.raises(RuntimeError, match="in separate runs"):
                peak_allocations(kept, 10)
    finally:
        profile.disable()
    assert not tracemalloc.is_tracing()


def fill(size: int) -> int:
    total = 0
    for _ in range(2):
        total += 1
    block = b"x" * size
    if not block:
        total += 1
    return total


def test_lines_in_order_with_their_memory() -> None:
    result, found = profile_lines(fill, 50 * MB)
    assert result == 2
    by_source = {line.source.strip(): line for line in found.lines}
    assert [line.number for line in found.lines] == list(
        range(found.lines[0].number, found.lines[0].number + 8)
    )
    block = by_source['block = b"x" * size']
    assert block.added == pytest.approx(50 * MB, rel=0.2)
    assert block.bytes is not None and block.bytes > 50 * MB
    assert by_source["for _ in range(2):"].runs == 3
    assert abs(found.lines[0].added or 0) < 20 * MB
    unrun = found.lines[6]
    assert (unrun.bytes, unrun.added, unrun.runs) == (None, None, 0)
    assert 'block = b"x" * size' in str(found) and NOTE in str(found)
    assert sys.gettrace() is None or "coverage" in repr(sys.gettrace())


def test_lines_of_a_failing_generator_and_async_function() -> None:
    def parts() -> Iterator[int]:
        yield 1
        yield 2

    async def nap() -> int:
        await asyncio.sleep(0)
        return 1

    def fail() -> None:
        raise ValueError("no")

    result, found = profile_lines(parts)
    assert (result, found.lines[1].runs > 0) == ([1, 2], True)
    result, found = asyncio.run(profile_lines(nap))
    assert (result, found.lines[1].runs > 0) == (1, True)
    with pytest.raises(ValueError, match="no"):
        profile_lines(fail)
    assert sys.gettrace() is None or "coverage" in repr(sys.gettrace())


def test_a_function_of_a_notebook_cell_has_its_lines() -> None:
    from IPython.core.interactiveshell import InteractiveShell

    shell = InteractiveShell()
    done = shell.run_cell(
        "from session1.monitoring.line_memory import profile_lines\n"
        "def in_a_cell(size):\n"
        "    block = b'x' * size\n"
        "    return len(block)\n"
        "result, found = profile_lines(in_a_cell, 40 * 2**20)\n"
    )
    done.raise_error()
    found = shell.user_ns["found"]
    assert shell.user_ns["result"] == 40 * MB
    assert [line.source for line in found.lines] == [
        "def in_a_cell(size):",
        "    block = b'x' * size",
        "    return len(block)",
    ]
    assert found.lines[1].added == pytest.approx(40 * MB, rel=0.2)


def test_a_function_without_source_says_what_to_do() -> None:
    names: dict[str, Any] = {}
    exec(compile("def unknown(): return 1", "<nowhere>", "exec"), names)
    with pytest.raises(ValueError, match="unknown is not known: define it in a file"):
        profile_lines(names["unknown"])
    with pytest.raises(TypeError, match="not a Python function"):
        profile_lines(len, "abc")
