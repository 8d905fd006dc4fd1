"""The journal: what is added is written, once and in order, whatever the store does."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from session1 import hybrid_time
from session1.memory.journal import Journal, JournalFull
from session1.memory.manager import MemoryManager


class Store:
    """Keeps what it is given; fails as often as told, with nothing kept."""

    def __init__(self, failures=0):
        self.failures = failures
        self.batches, self.ids, self.times = [], [], []
        self.refuses = set()
        self.block = None

    def put_many(self, records):
        if self.block:
            self.block.wait(60)
        if self.failures:
            self.failures -= 1
            raise OSError("no space left")
        for record in records:
            if record["n"] in self.refuses:
                raise ValueError(f"no {record['n']}")
        self.ids += [record["id"] for record in records]
        self.times += [record["timestamp"] for record in records]
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


def test_a_record_that_the_store_refuses_costs_itself_and_is_reported():
    told, store = [], Store()
    store.refuses = {3, 4, 17}

    async def main():
        journal = Journal(store, on_error=told.append)
        for n in range(20):
            journal.add({"n": n})
        await journal.flush()
        return journal

    journal = hybrid_time.run(main).value
    assert store.numbers == [n for n in range(20) if n not in store.refuses]
    assert (journal.written, journal.refused, len(journal)) == (17, 3, 0)
    assert [str(error) for error in told] == ["no 3", "no 4", "no 17"]


def test_a_callback_that_raises_does_not_stop_the_writing():
    def broken(error):
        raise RuntimeError("callback")

    async def main():
        journal = Journal(Store(failures=2), on_error=broken)
        journal.add({"n": 1})
        await asyncio.sleep(10)
        return journal.written

    assert hybrid_time.run(main).value == 1


def test_a_caller_that_leaves_loses_nothing_even_if_all_threads_are_busy():
    store = Store()
    free = threading.Event()

    async def main():
        loop = asyncio.get_running_loop()
        loop.set_default_executor(ThreadPoolExecutor(1))
        busy = asyncio.create_task(asyncio.to_thread(free.wait, 60))
        await asyncio.sleep(0.001)
        store.block = threading.Event()
        journal = Journal(store)
        for n in range(10):
            journal.add({"n": n})
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(journal.flush(), 0.2)
        assert len(journal) == 10
        store.block.set()
        await journal.flush()  # no thread of the loop is needed
        free.set()
        await busy

    asyncio.run(main())
    assert store.numbers == list(range(10))


def test_a_write_cut_off_with_its_loop_is_done_by_the_next_one():
    store = Store()

    async def first():
        journal = Journal(store)
        journal.add({"n": 1})
        store.block = threading.Event()
        flush = asyncio.create_task(journal.flush())
        await asyncio.sleep(0.01)
        flush.cancel()
        asyncio.get_running_loop().call_soon(store.block.set)
        return journal

    async def second(journal):
        await journal.flush()
        return len(journal)

    journal = asyncio.run(first())
    assert asyncio.run(second(journal)) == 0
    assert set(store.numbers) == {1} and len(set(store.ids)) == 1


def test_a_flush_does_not_wait_for_what_is_added_after_it():
    store = Store()

    async def main():
        journal = Journal(store, batch=2)
        loop = asyncio.get_running_loop()

        def more(n):
            journal.add({"n": n})
            if n < 10_000:
                loop.call_soon(more, n + 1)

        more(0)
        await journal.flush()
        return journal.added

    assert hybrid_time.run(main).value < 10_000


def test_dropping_is_reported_once_until_something_is_written():
    told = []

    async def main():
        journal = Journal(Store(), most=3, on_error=told.append)
        for _ in range(2):
            for n in range(6):
                journal.add({"n": n})
            await journal.flush()
        return journal

    journal = hybrid_time.run(main).value
    assert (journal.lost, journal.written) == (6, 6)
    assert [type(error) for error in told] == [JournalFull, JournalFull]


def test_records_have_the_time_they_were_added_at_and_an_id_for_each_try():
    store = Store(failures=1)

    async def main():
        journal = Journal(store, delay=5, clock=hybrid_time.now)
        began = hybrid_time.now()
        for n in range(3):
            journal.add({"n": n})
            await asyncio.sleep(1)
        await asyncio.sleep(60)
        return [round(time - began) for time in store.times]

    assert hybrid_time.run(main).value == [0, 1, 2]
    assert len(set(store.ids)) == 3


def test_what_waits_is_found_by_its_owner_without_a_look_at_the_others():
    store = Store(failures=1)

    async def main():
        journal = Journal(store, by="user", delay=3600)
        for n in range(10):
            journal.add({"n": n, "user": "ada" if n % 3 else "bob"})
        found = [[r["n"] for r in journal.waiting("ada", most)] for most in (2, 99)]
        with pytest.raises(OSError):
            await journal.flush()
        assert len(journal.waiting("bob", 99)) == 4
        await journal.flush()
        return found, journal.waiting("ada", 9), journal._owned

    found, left, owned = hybrid_time.run(main).value
    assert found == [[7, 8], [1, 2, 4, 5, 7, 8]] and left == [] and owned == {}


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
