"""The journal: what is added is written, once and in order, whatever the store does."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from session1 import hybrid_time
from session1.memory.journal import Journal
from session1.memory.manager import MemoryManager


class Store:
    """Keeps what it is given; fails as often as told, with nothing kept."""

    def __init__(self, failures=0):
        self.failures = failures
        self.batches = []

    def put_many(self, records):
        if self.failures:
            self.failures -= 1
            raise OSError("no space left")
        self.batches.append([record["n"] for record in records])
        return []

    @property
    def numbers(self):
        return [n for batch in self.batches for n in batch]


@given(
    st.lists(st.integers(0, 30), max_size=6),
    st.integers(0, 3),
    st.integers(1, 10),
)
def test_all_is_written_in_order_in_batches_after_failures_too(groups, failures, batch):
    store, told = Store(failures), []

    async def main():
        journal = Journal(store, batch=batch, on_error=told.append)
        n = 0
        for group in groups:
            for _ in range(group):
                journal.add({"n": n})
                n += 1
            await asyncio.sleep(0.01)
        await asyncio.sleep(60)
        return n, journal

    n, journal = hybrid_time.run(main).value
    assert store.numbers == list(range(n)) and len(journal) == 0
    assert all(len(one) <= batch for one in store.batches)
    assert (journal.written, journal.lost) == (n, 0)
    assert len(told) == (failures if n else 0)


def test_flush_writes_now_and_raises_what_the_store_raises():
    store = Store(failures=1)

    async def main():
        journal = Journal(store, delay=3600)
        journal.add({"n": 1})
        with pytest.raises(OSError, match="no space"):
            await journal.flush()
        assert len(journal) == 1
        await journal.flush()

    hybrid_time.run(main)
    assert store.numbers == [1]


def test_when_too_many_wait_the_oldest_go_and_are_counted():
    store = Store()

    async def main():
        journal = Journal(store, most=3)
        for n in range(5):
            journal.add({"n": n})
        await journal.flush()
        return journal.lost

    assert hybrid_time.run(main).value == 2 and store.numbers == [2, 3, 4]


def test_into_a_real_store():
    async def main(memory):
        journal = Journal(memory)
        for n in range(600):
            journal.add({"n": n})
        await journal.flush()

    with MemoryManager() as memory:
        hybrid_time.run(main, memory)
        assert [record["n"] for record in memory.retrieve_all()] == list(range(600))


@pytest.mark.parametrize("wrong", [{"delay": 0}, {"batch": 0}, {"most": -1}])
def test_nonsense_is_refused(wrong):
    with pytest.raises(ValueError):
        Journal(Store(), **wrong)
