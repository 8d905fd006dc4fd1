"""Tracking functions of every kind: time, outcomes, signatures."""

import asyncio
import inspect
import subprocess
import sys
import threading
import time
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import CancelledError
from contextlib import suppress
from functools import partial, wraps
from typing import Any

import pytest

from session1 import virtual_time
from session1.monitoring.manager import MonitoringManager, track_performance
from session1.monitoring.manager import monitor as default

ENDS = ("successes", "errors", "timeouts", "cancelled")


class Seen:
    """What a monitor saw on a loop's clock, which is gone with the loop."""

    def __init__(self, monitor: MonitoringManager) -> None:
        self._functions = {n: monitor.performance(n) for n in monitor.functions()}
        self.errors = monitor.errors

    def performance(self, name: str) -> dict[str, Any]:
        return self._functions[name]


def ends(monitor: MonitoringManager | Seen, name: str) -> dict[str, int]:
    found = monitor.performance(name)
    return {end: found[end] for end in ENDS if found[end]}


def latency(monitor: MonitoringManager | Seen, name: str) -> float:
    seconds: float = monitor.performance(name)["latency"]["sum"]
    return round(seconds, 9)


def on_virtual_time(main: Any) -> Seen:
    """What the monitor that `main` was given saw, on virtual time."""

    async def run() -> Seen:
        monitor = MonitoringManager(clock=virtual_time.now)
        await main(monitor)
        return Seen(monitor)

    return virtual_time.run(run).value


def test_a_plain_function(clock: Any) -> None:
    monitor = MonitoringManager(clock=clock)

    @track_performance(monitor)
    def add(a: int, b: int = 2) -> int:
        """Add."""
        clock.now += 0.25
        return a + b

    assert (add(1), add(1, b=5)) == (3, 6)
    assert ends(monitor, "add") == {"successes": 2}
    assert latency(monitor, "add") == 0.5
    assert (add.__name__, add.__doc__) == ("add", "Add.")
    assert list(inspect.signature(add).parameters) == ["a", "b"]


def test_an_await_is_timed() -> None:
    async def main(monitor: MonitoringManager) -> None:
        @monitor.track
        async def nap() -> str:
            await asyncio.sleep(0.05)
            return "rested"

        assert inspect.iscoroutinefunction(nap)
        assert await asyncio.gather(nap(), nap()) == ["rested", "rested"]
        with pytest.raises(TypeError, match="argument"):
            await nap("too much")  # type: ignore[call-arg]

    monitor = on_virtual_time(main)
    assert ends(monitor, "nap") == {"successes": 2, "errors": 1}
    assert latency(monitor, "nap") == 0.1
    assert monitor.performance("nap")["latency"]["p95"] == pytest.approx(0.05)


def test_an_async_function_under_another_decorator_is_timed() -> None:
    async def main(monitor: MonitoringManager) -> None:
        async def nap(fail: bool = False) -> None:
            await asyncio.sleep(2)
            if fail:
                raise ValueError

        @monitor.track
        @wraps(nap)
        def hidden(fail: bool = False) -> Any:
            return nap(fail)

        await hidden()
        with pytest.raises(ValueError):
            await hidden(fail=True)

    monitor = on_virtual_time(main)
    assert ends(monitor, "nap") == {"successes": 1, "errors": 1}
    assert latency(monitor, "nap") == 4


def test_ends_are_told_apart() -> None:
    async def main(monitor: MonitoringManager) -> None:
        @track_performance(monitor, name="work")
        async def work(what: type[BaseException]) -> None:
            await asyncio.sleep(1)
            raise what

        for what in (ValueError, TimeoutError, CancelledError, KeyError):
            with pytest.raises(what):
                await work(what)
        left = asyncio.create_task(work(ValueError))
        await asyncio.sleep(0.5)
        left.cancel()
        await asyncio.wait([left])
        assert left.cancelled()

    monitor = on_virtual_time(main)
    assert ends(monitor, "work") == {"errors": 2, "timeouts": 1, "cancelled": 2}
    found = monitor.performance("work")
    assert (found["success_rate"], found["error_rate"]) == (0, pytest.approx(2 / 3))
    assert found["timeout_rate"] == pytest.approx(1 / 3)
    assert latency(monitor, "work") == 4.5
    log = monitor.errors.figures()
    assert log["by_kind"] == {"ValueError": 1, "TimeoutError": 1, "KeyError": 1}
    assert [e["context"] for e in log["recent"]] == [{"function": "work"}] * 3


@pytest.mark.parametrize("what", [KeyboardInterrupt, SystemExit])
def test_a_stop_is_no_error(what: type[BaseException]) -> None:
    monitor = MonitoringManager()

    @monitor.track
    def stopped() -> None:
        raise what

    with pytest.raises(what):
        stopped()
    assert ends(monitor, "stopped") == {"cancelled": 1}
    assert monitor.errors.figures()["count"] == 0


def test_a_generator_is_timed_in_its_own_steps(clock: Any) -> None:
    monitor = MonitoringManager(clock=clock)

    @monitor.track
    def count(to: int) -> Iterator[int]:
        for n in range(to):
            clock.now += 1
            yield n
        return "done"

    def read() -> Iterator[int]:
        said.append((yield from count(3)))

    said: list[str] = []
    assert inspect.isgeneratorfunction(count)
    for _ in read():
        clock.now += 100  # the reader's own
    assert said == ["done"]
    assert (ends(monitor, "count"), latency(monitor, "count")) == ({"successes": 1}, 3)
    unread = count(3)
    del unread
    half = count(3)
    next(half)
    half.close()
    assert ends(monitor, "count") == {"successes": 1, "cancelled": 1}


def test_what_a_reader_sends_and_throws_arrives() -> None:
    monitor = MonitoringManager()

    @monitor.track
    def echo() -> Iterator[Any]:
        heard = yield "ready"
        while True:
            try:
                heard = yield heard
            except KeyError as e:
                heard = e.args[0]

    talk: Any = echo()
    assert [next(talk), talk.send("a"), talk.throw(KeyError("b"))] == [
        "ready",
        "a",
        "b",
    ]
    with pytest.raises(ZeroDivisionError):
        talk.throw(ZeroDivisionError())
    assert ends(monitor, "echo") == {"errors": 1}


def test_an_async_generator() -> None:
    async def main(monitor: MonitoringManager) -> None:
        closed = []

        @monitor.track
        async def stream(fail: bool = False) -> AsyncIterator[Any]:
            heard = None
            try:
                for n in range(3):
                    await asyncio.sleep(1)
                    try:
                        heard = yield heard or n
                    except KeyError as e:
                        heard = e.args[0]
                if fail:
                    raise TimeoutError
            finally:
                closed.append(fail)

        assert inspect.isasyncgenfunction(stream)
        read = []
        async for item in stream():
            read.append(item)
            await asyncio.sleep(50)  # the reader's own
        assert read == [0, 1, 2]
        with pytest.raises(TimeoutError):
            async for _ in stream(fail=True):
                pass
        talk: Any = stream()
        assert await talk.asend(None) == 0
        assert await talk.asend("a") == "a"
        assert await talk.athrow(KeyError("b")) == "b"
        await talk.aclose()
        assert closed == [False, True, False]

    monitor = on_virtual_time(main)
    assert ends(monitor, "stream") == {"successes": 1, "timeouts": 1, "cancelled": 1}
    assert latency(monitor, "stream") == 9


def test_a_cancelled_reader_closes_the_stream() -> None:
    async def main(monitor: MonitoringManager) -> None:
        @monitor.track
        async def stream() -> AsyncIterator[int]:
            while True:
                await asyncio.sleep(1)
                yield 1

        async def read() -> None:
            async for _ in stream():
                pass

        with pytest.raises(TimeoutError):
            await asyncio.wait_for(read(), 3.5)

    monitor = on_virtual_time(main)
    assert ends(monitor, "stream") == {"cancelled": 1}


def test_bare_it_tells_the_module_s_own_monitor() -> None:
    @track_performance
    def bare_one() -> int:
        return 1

    @track_performance()
    def bare_two() -> int:
        return 2

    @track_performance(name="test bare three")
    def bare_three() -> int:
        return 3

    assert (bare_one(), bare_two(), bare_three()) == (1, 2, 3)
    for name in ("bare_one", "bare_two", "test bare three"):
        assert ends(default, name) == {"successes": 1}


class Agent:
    """Has a method of each kind."""

    monitor = MonitoringManager()

    @monitor.track
    def method(self, x: int) -> int:
        return x

    @monitor.track
    @staticmethod
    def static(x: int) -> int:
        return x

    @monitor.track
    @classmethod
    def of_class(cls, x: int) -> int:
        return x

    async def __call__(self) -> None:
        await asyncio.sleep(7)


def test_methods_are_named_with_their_class() -> None:
    agent = Agent()
    assert (agent.method(1), agent.static(2), Agent.of_class(3)) == (1, 2, 3)
    for name in ("method", "static", "of_class"):
        assert ends(Agent.monitor, f"Agent.{name}") == {"successes": 1}


def test_partials_and_callable_objects() -> None:
    async def main(monitor: MonitoringManager) -> None:
        async def nap(seconds: float) -> None:
            await asyncio.sleep(seconds)

        await monitor.track(partial(nap, 3), name="nap")()
        await monitor.track(Agent(), name="agent")()
        assert monitor.track(partial(int, "7"), name="int")() == 7

    monitor = on_virtual_time(main)
    assert [latency(monitor, n) for n in ("nap", "agent", "int")] == [3, 7, 0]


@pytest.mark.parametrize("what", [Agent, 3, property(lambda self: 1)])
def test_what_is_no_function_is_refused(what: Any) -> None:
    with pytest.raises(TypeError, match="directly above the def"):
        MonitoringManager().track(what)


def test_the_same_name_goes_on_counting() -> None:
    monitor = MonitoringManager()
    for _ in range(2):  # as a notebook's cell that is run again
        monitor.track(lambda: None, name="cell")()
    assert ends(monitor, "cell") == {"successes": 2}


def test_threads_count_every_call() -> None:
    monitor = MonitoringManager()

    @monitor.track
    def call(n: int) -> None:
        if n % 10 == 0:
            raise ValueError("tenth")

    def work() -> None:
        for n in range(3000):
            with suppress(ValueError):
                call(n)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert ends(monitor, "call") == {"successes": 10_800, "errors": 1200}
    assert monitor.errors.figures()["count"] == 1200
    assert len(monitor.errors.figures()["recent"]) == 100


def test_a_tracked_function_goes_to_other_processes() -> None:
    code = (
        "import pickle, session1.monitoring.manager as t;"
        "t.fn = t.track_performance(len); t.fn.__module__ = t.__name__;"
        "t.fn.__qualname__ = 'fn';"
        "print(pickle.loads(pickle.dumps(t.fn))('abc'))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "3"


def test_the_wall_clock_is_the_default() -> None:
    monitor = MonitoringManager()
    assert monitor.clock is time.monotonic
