"""Hybrid time: work takes its time, waiting for timers takes none."""

import asyncio
import socket
import threading
import time

import pytest

from session1 import hybrid_time
from session1.hybrid_time import HybridLoop, now


class Work:
    """A clock that moves only when somebody works."""

    done = 0.0

    def __call__(self):
        return self.done


def test_waits_are_skipped_and_count_and_work_adds_to_them():
    work = Work()

    async def main():
        await asyncio.gather(*(asyncio.sleep(1000) for _ in range(3)))
        work.done += 7
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(asyncio.Event().wait(), 500)
        return asyncio.get_running_loop().skipped

    ran = hybrid_time.run(main, clock=work)
    assert ran.seconds == pytest.approx(1507)
    assert ran.value == pytest.approx(1500)


def test_work_makes_timers_late_as_on_a_real_loop():
    work = Work()

    async def main():
        late = []
        loop = asyncio.get_running_loop()
        for at in (1, 2, 3):
            loop.call_at(at, lambda at=at: late.append(now() - at))
        work.done += 2.5
        await asyncio.sleep(10)
        return late

    late = hybrid_time.run(main, clock=work).value
    assert late == pytest.approx([1.5, 0.5, 0.0], abs=1e-6)


def test_a_thread_at_work_is_waited_for_and_no_timer_runs_ahead_of_it():
    async def main():
        loop = asyncio.get_running_loop()
        go, fired = threading.Event(), []
        loop.call_later(3600, fired.append, True)
        work = asyncio.create_task(asyncio.to_thread(go.wait, 60))
        await asyncio.sleep(0.02)  # in real time, for the thread is at work
        go.set()
        assert await work
        assert not fired and loop.skipped < 1
        await asyncio.sleep(3601)
        return fired

    begin = time.monotonic()
    assert hybrid_time.run(main).value == [True]
    assert time.monotonic() - begin < 60


def test_with_a_socket_open_nothing_is_skipped():
    async def main():
        loop = asyncio.get_running_loop()
        ours, theirs = socket.socketpair()
        reader, writer = await asyncio.open_connection(sock=ours)
        before = loop.skipped
        sender = threading.Timer(0.02, theirs.sendall, [b"x"])
        sender.start()
        async with asyncio.timeout(3600):
            got = await reader.read(1)
        waited = loop.skipped - before
        writer.close()
        theirs.close()
        sender.join()
        return got, waited

    got, waited = hybrid_time.run(main).value
    assert (got, waited) == (b"x", 0.0)


def test_it_can_be_a_loop_like_any_other_and_raises_what_is_raised():
    async def fail():
        await asyncio.sleep(3600)
        raise KeyError("lost")

    made = asyncio.Runner(loop_factory=HybridLoop)
    with made as runner, pytest.raises(KeyError, match="lost"):
        runner.run(fail())
    with pytest.raises(KeyError, match="lost"):
        hybrid_time.run(fail)
