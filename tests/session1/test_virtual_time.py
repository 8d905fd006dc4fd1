"""Virtual time: waits cost nothing and read exactly what they should."""

import asyncio
import contextlib
import gc
import logging
import multiprocessing
import signal
import socket
import threading
import time
from asyncio.selector_events import BaseSelectorEventLoop
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from functools import partial

import httpx
import psycopg
import pytest
import redis.asyncio
from hypothesis import given
from hypothesis import strategies as st

from session1 import hybrid_time, virtual_time
from session1.fast_response_agent import FastResponseAgent
from session1.llm import Reply, connect
from session1.runtime.threads import Threads
from session1.virtual_time import VirtualLoop


def test_long_waits_read_exactly():
    async def main():
        await asyncio.gather(*(asyncio.sleep(0.3) for _ in range(10)))
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(asyncio.sleep(3600), 2.0)
        return "done"

    run = virtual_time.run(main)
    assert run.value == "done"
    assert run.seconds == 2.3


@given(st.lists(st.integers(0, 10_000), min_size=1, max_size=8))
def test_gathered_waits_take_the_longest_and_sequential_ones_the_sum(milliseconds):
    async def together():
        await asyncio.gather(*(asyncio.sleep(ms / 1000) for ms in milliseconds))

    async def in_turn():
        for ms in milliseconds:
            await asyncio.sleep(ms / 1000)

    assert virtual_time.run(together).seconds == max(milliseconds) / 1000
    total = pytest.approx(sum(milliseconds) / 1000, abs=1e-6)
    assert virtual_time.run(in_turn).seconds == total


def test_now_is_the_running_loops_clock():
    async def main():
        before = virtual_time.now()
        await asyncio.sleep(600)
        return before, virtual_time.now()

    assert virtual_time.run(main).value == (0, 600)


def test_arguments_are_passed_on():
    async def add(a, b):
        return a + b

    assert virtual_time.run(add, 2, 3).value == 5


def test_an_error_comes_out_as_it_is():
    async def main():
        raise KeyError("lost")

    with pytest.raises(KeyError, match="lost"):
        virtual_time.run(main)


def test_it_works_where_a_loop_already_runs():
    async def inner():
        await asyncio.sleep(60)
        return "inner"

    async def outer():
        return virtual_time.run(inner)

    run = asyncio.run(outer())
    assert (run.value, run.seconds) == ("inner", 60)


def test_tasks_left_over_are_cancelled():
    ended = []

    async def background():
        try:
            await asyncio.sleep(1e6)
        finally:
            ended.append(True)

    async def main():
        task = asyncio.ensure_future(background())
        await asyncio.sleep(1)
        return task

    assert virtual_time.run(main).value.cancelled()
    assert ended == [True]


def test_what_a_run_leaves_behind_is_cancelled_in_silence(caplog):
    caplog.set_level(logging.ERROR, "asyncio")

    async def unawaited():
        return asyncio.gather(asyncio.sleep(1), asyncio.sleep(1))

    async def failing():
        async def fail():
            raise ValueError("told")

        future = asyncio.ensure_future(fail())
        await asyncio.sleep(1)
        return future

    virtual_time.run(unawaited)
    gc.collect()
    assert not caplog.records
    virtual_time.run(failing)
    gc.collect()
    assert "never retrieved" in caplog.text, "a real error is still reported"


async def acquire(slots):
    await slots.acquire()
    await asyncio.sleep(1)


def test_tasks_that_all_wait_are_named_with_their_lines():
    ended = []

    async def main():
        slots = asyncio.Semaphore(2)
        try:
            await asyncio.gather(*(acquire(slots) for _ in range(6)))
        finally:
            ended.append(True)

    with pytest.raises(virtual_time.Stuck) as caught:
        virtual_time.run(main)
    assert "acquire, line" in str(caught.value)
    assert "await slots.acquire() (4 tasks)" in str(caught.value)
    assert ended == [True]


@pytest.mark.parametrize("forever", [None, float("inf")])
def test_one_that_waits_for_what_never_comes_ends(forever):
    async def main():
        await (asyncio.sleep(forever) if forever else asyncio.Event().wait())

    with pytest.raises(virtual_time.Stuck, match="main, line"):
        virtual_time.run(main)


def test_one_that_also_refuses_to_be_cancelled_ends():
    async def main():
        for _ in range(2):
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.Event().wait()

    with pytest.raises(virtual_time.Stuck):
        virtual_time.run(main)


@pytest.mark.parametrize("wait", [0, 1e-9])
def test_polling_ends_and_names_the_line(wait, monkeypatch):
    monkeypatch.setattr(virtual_time, "TURNS", 1_000)

    async def main():
        while True:
            await asyncio.sleep(wait)

    with pytest.raises(virtual_time.Stuck, match=r"await asyncio.sleep\(wait\)"):
        virtual_time.run(main)


def test_turns_are_counted_between_two_steps_of_the_clock(monkeypatch):
    monkeypatch.setattr(virtual_time, "TURNS", 1_000)

    async def main():
        for _ in range(20):
            for _ in range(900):
                await asyncio.sleep(0)
            await asyncio.sleep(0.001)

    assert virtual_time.run(main).seconds == 0.02


def test_threads_take_no_time():
    async def main():
        await asyncio.gather(asyncio.to_thread(time.sleep, 0.02), asyncio.sleep(60))
        return virtual_time.now(), await asyncio.to_thread(threading.get_ident)

    (seconds, thread), total = (done := virtual_time.run(main)).value, done.seconds
    assert (seconds, total) == (60, 60)
    assert thread != threading.get_ident()


def test_a_thread_that_never_ends_does_not_stop_a_deadline():
    never = threading.Event()

    async def main():
        try:
            async with asyncio.timeout(0.05):
                await asyncio.to_thread(never.wait)
        except TimeoutError:
            return virtual_time.now()
        finally:
            never.set()

    assert virtual_time.run(main).value == 0.05


def test_work_in_other_processes_is_waited_for():
    async def main():
        with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(pool, pow, 2, 10)

    assert virtual_time.run(main) == virtual_time.Timed(1024, 0)


@pytest.mark.parametrize("pool", [ThreadPoolExecutor, Threads])
def test_a_future_of_a_pool_of_ones_own_is_waited_for(pool):
    async def main():
        done = Future()
        with pool(1) as threads:
            threads.submit(lambda: (time.sleep(0.05), done.set_result("late")))
            async with asyncio.timeout(1000):
                return await asyncio.wrap_future(done)

    assert virtual_time.run(main) == virtual_time.Timed("late", 0)


class SlowThread:
    """A client whose model works on a thread."""

    model = "slow"

    async def stream(self, prompt, *, on_end=None, **_):
        yield await asyncio.to_thread(self.work)
        on_end(Reply("An answer.", "slow", 1, 2))

    def work(self):
        time.sleep(0.05)
        return "An answer."


@pytest.mark.parametrize("run", [virtual_time.run, hybrid_time.run])
def test_a_model_on_a_thread_gets_no_stand_ins(run):
    agent = FastResponseAgent("a", SlowThread(), target_response_time=600)

    async def main():
        ask = agent.process_message_fast
        return await asyncio.gather(*(ask(f"Question {n}?") for n in range(5)))

    answers = run(main).value
    assert [a["response"] for a in answers] == ["An answer."] * 5


async def open_redis():
    async with redis.asyncio.Redis(port=9, retry=None) as client:
        await client.get("key")


async def open_postgres():
    with socket.create_server(("127.0.0.1", 0)) as server:
        where = f"host=127.0.0.1 port={server.getsockname()[1]} user=any"
        await psycopg.AsyncConnection.connect(where)


async def open_page():
    async with httpx.AsyncClient(trust_env=False) as client:
        await client.get("http://127.0.0.1:9/")


async def receive():
    with socket.socket(type=socket.SOCK_DGRAM) as plain:
        plain.setblocking(False)
        await asyncio.get_running_loop().sock_recv(plain, 1)


async def ask_openai():
    llm = connect("openai", base_url="http://127.0.0.1:9/v1", model="any")
    await llm.generate("Hello!")


TOLD = r"takes real time.* `await morning\(\)` in a cell"
REAL_WORK = [
    open_redis,
    open_postgres,
    open_page,
    receive,
    ask_openai,
    partial(asyncio.open_connection, "127.0.0.1", 9),
    partial(asyncio.start_server, None, "127.0.0.1", 0),
    partial(asyncio.create_subprocess_exec, "true"),
    partial(asyncio.create_subprocess_shell, "true"),
]


@pytest.mark.parametrize(
    "work", REAL_WORK, ids=lambda w: getattr(w, "func", w).__name__
)
@pytest.mark.parametrize("hidden", [False, True])
def test_what_takes_real_time_is_refused_even_if_nobody_says_so(work, hidden):
    async def morning():
        try:
            await work()
        except Exception:
            if not hidden:
                raise

    with pytest.raises(Exception, match=TOLD):
        virtual_time.run(morning)


def test_all_that_a_real_loop_adds_is_refused():
    loops = (asyncio.SelectorEventLoop, BaseSelectorEventLoop)
    public = {name for loop in loops for name in vars(loop) if name[0] != "_"}
    left = {name for name in public if not name.startswith(("remove_", "close"))}
    assert {
        n for n in left if getattr(VirtualLoop, n) is not VirtualLoop._refuse
    } == set()


def test_what_needs_real_time_says_so():
    async def main():
        virtual_time.needs_real_time("the local model")

    with pytest.raises(RuntimeError, match="the local model takes real time"):
        virtual_time.run(main)
    asyncio.run(main())


def test_runs_within_runs_keep_their_own_clocks_and_tasks():
    async def inner():
        await asyncio.sleep(5)
        return virtual_time.now()

    async def outer():
        task = asyncio.current_task()
        await asyncio.sleep(1)
        found = virtual_time.run(inner).value
        await asyncio.sleep(1)
        return found, virtual_time.now(), asyncio.current_task() is task

    assert virtual_time.run(outer).value == (5, 2, True)
    assert asyncio.run(outer())[::2] == (5, True)


def test_an_interrupt_ends_a_run_in_the_main_thread():
    async def main():
        while True:
            signal.raise_signal(signal.SIGINT)
            await asyncio.sleep(0)

    with pytest.raises(KeyboardInterrupt):
        virtual_time.run(main)
    assert asyncio._get_running_loop() is None
