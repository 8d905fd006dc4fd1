"""Blocking and heavy tools: beside the loop, on real threads and processes."""

import asyncio
import contextvars
import os
import subprocess
import sys
import threading
import time
from functools import partial
from pathlib import Path
from typing import Any

import psutil
import pytest

from session1 import virtual_time
from session1.llm import SimulatedLLM
from session1.optimized_tools import OptimizedToolAgent
from session1.tool import Tool

pytestmark = pytest.mark.slow

place = contextvars.ContextVar("place", default="nowhere")


def pid(n: int = 0) -> int:
    return os.getpid()


def _sleep(secs: float) -> None:
    time.sleep(secs)


def die(n: int = 0) -> None:
    os._exit(1)


def agent_with(*tools: Tool, **options: Any) -> OptimizedToolAgent:
    return OptimizedToolAgent("agent", SimulatedLLM(), tools, **options)


def test_four_blocking_tools_run_at_once_and_no_more() -> None:
    met = threading.Barrier(4)
    now, most, lock = [0], [0], threading.Lock()

    def meet(n: int) -> str:
        with lock:
            now[0] += 1
            most[0] = max(most[0], now[0])
        met.wait(timeout=30)  # passes only while four are inside
        with lock:
            now[0] -= 1
        return threading.current_thread().name

    agent = agent_with(Tool("meet", "", meet))

    async def main() -> list[dict]:
        requests = [{"tool": "meet", "params": {"n": n}} for n in range(8)]
        return await agent.execute_tools_parallel(requests)

    answers = asyncio.run(main())
    agent.close()
    assert [a["success"] for a in answers] == [True] * 8, answers
    # which threads take turns is the executor's affair
    assert most == [4]


def test_the_loop_goes_on_while_a_tool_blocks() -> None:
    release = threading.Event()
    agent = agent_with(Tool("block", "", lambda: release.wait(30)))

    async def main() -> bool:
        call = asyncio.create_task(agent.execute_tool_cached("block", {}))
        for _ in range(20):
            await asyncio.sleep(0)
        release.set()
        return await call

    assert asyncio.run(main()) is True
    agent.close()


def test_identical_blocking_calls_run_once() -> None:
    release, runs = threading.Event(), []

    def block() -> str:
        runs.append(1)
        release.wait(30)
        return "done"

    agent = agent_with(Tool("block", "", block, cacheable=True))

    async def main() -> list[str]:
        calls = [
            asyncio.create_task(agent.execute_tool_cached("block", {}))
            for _ in range(9)
        ]
        await asyncio.sleep(0)
        release.set()
        return await asyncio.gather(*calls)

    assert asyncio.run(main()) == ["done"] * 9
    assert len(runs) == 1
    agent.close()


def test_a_blocking_tool_that_hangs_ends_at_the_deadline() -> None:
    release = threading.Event()
    agent = agent_with(Tool("block", "", lambda: release.wait(30)), deadline=0.02)

    async def main() -> None:
        for stuck in range(1, 7):  # more than there are threads
            words = rf"0\.02 s; calls that do not return hold {stuck} of at most 68"
            with pytest.raises(TimeoutError, match=words):
                await agent.execute_tool_cached("block", {})

    asyncio.run(main())
    assert agent.get_performance_stats()["stuck_threads"] == 6
    release.set()
    agent.close()


class Odd(BaseException):
    pass


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (ValueError("bad"), "bad"),
        (StopIteration(), "StopIteration"),
        (asyncio.CancelledError(), "cancelled itself"),
        (SystemExit(2), "asked to exit with 2"),
        (Odd("odd"), "odd"),
    ],
)
def test_however_a_blocking_tool_ends_it_is_told(
    error: BaseException, words: str
) -> None:
    def fail() -> None:
        raise error

    agent = agent_with(Tool("fail", "", fail), deadline=10)

    async def main() -> list[dict]:
        return await agent.execute_tools_parallel([{"tool": "fail"}])

    answer = asyncio.run(main())[0]
    agent.close()
    assert (answer["success"], answer["tool"]) == (False, "fail")
    assert words in answer["error"]


def test_plain_functions_that_return_something_to_await() -> None:
    async def later(n: int) -> int:
        return n + 1

    agent = agent_with(Tool("later", "", lambda n: later(n)))
    assert asyncio.run(agent.execute_tool_cached("later", {"n": 1})) == 2
    agent.close()


def test_context_variables_reach_the_thread() -> None:
    agent = agent_with(Tool("place", "", lambda: place.get()))

    async def main() -> str:
        place.set("here")
        return await agent.execute_tool_cached("place", {})

    assert asyncio.run(main()) == "here"
    agent.close()


def test_blocking_tools_on_virtual_time() -> None:
    """Threads take real time; the virtual clock waits for them."""
    agent = agent_with(Tool("nap", "", _nap), deadline=60)

    async def main() -> str:
        await asyncio.sleep(1000)
        return await agent.execute_tool_cached("nap", {})

    timed = virtual_time.run(main)
    agent.close()
    assert timed.value == "rested"
    assert 1000 <= timed.seconds < 1060


def _nap() -> str:
    time.sleep(0.005)
    return "rested"


def test_heavy_tools_run_in_other_processes_and_survive_a_crash() -> None:
    agent = agent_with(
        Tool("pid", "", pid, cpu_heavy=True, cacheable=True),
        Tool("die", "", die, cpu_heavy=True),
    )

    async def main() -> list[dict]:
        before = await agent.execute_tools_parallel([{"tool": "pid"}])
        crash = await agent.execute_tools_parallel([{"tool": "die"}])
        after = await agent.execute_tools_parallel(
            [{"tool": "pid", "params": {"n": 1}}]
        )
        return [*before, *crash, *after]

    before, crash, after = asyncio.run(main())
    agent.close()
    assert before["success"], before
    assert before["result"] != os.getpid()
    assert crash["error"] == "the process that ran the tool died"
    assert after["success"], after


async def coroutine() -> None: ...


LOCK = threading.Lock()


@pytest.mark.parametrize("run", [partial(id, LOCK), coroutine])
def test_heavy_tools_that_cannot_leave_are_refused_at_once(run: Any) -> None:
    with pytest.raises(
        TypeError, match=r"'heavy' is cpu_heavy .* or leave cpu_heavy out"
    ):
        agent_with(Tool("heavy", "", run, cpu_heavy=True))


@pytest.mark.parametrize(
    ("error", "words"),
    [(ValueError("bad"), "bad"), (SystemExit(2), "SystemExit: 2"), (Odd("odd"), "odd")],
)
def test_however_a_heavy_tool_ends_it_is_told(error: Any, words: str) -> None:
    def fail() -> None:
        raise error

    agent = agent_with(Tool("fail", "", fail, cpu_heavy=True))
    (answer,) = asyncio.run(agent.execute_tools_parallel([{"tool": "fail"}]))
    agent.close()
    assert not answer["success"] and words in answer["error"]


def workers() -> list[psutil.Process]:
    return [p for p in psutil.Process().children() if "cpu_worker" in str(p.cmdline())]


def test_a_heavy_tool_that_hangs_ends_with_its_process_at_the_deadline() -> None:
    agent = agent_with(
        Tool("hang", "", _sleep, cpu_heavy=True),
        Tool("pid", "", pid, cpu_heavy=True),
        deadline=2.0,
    )

    async def main() -> int:
        calls = [{"tool": "hang", "params": {"secs": 600}}] * 9
        for answer in await agent.execute_tools_parallel(calls):
            assert not answer["success"] and "2 s" in answer["error"]
        return await agent.execute_tool_cached("pid", {})

    assert asyncio.run(main()) != os.getpid()
    agent.close()
    end = time.monotonic() + 30
    while workers():
        assert time.monotonic() < end, "a process was left behind"
        time.sleep(0.02)


SCRIPT = """
import asyncio
from session1.llm import SimulatedLLM
from session1.optimized_tools import OptimizedToolAgent
from session1.tool import Tool
print("main runs")
def double(n):
    return 2 * n
tools = [Tool("double", "", double, cpu_heavy=True)]
agent = OptimizedToolAgent("agent", SimulatedLLM(), tools)
print(asyncio.run(agent.execute_tool_cached("double", {"n": 21})))
agent.close()
"""


def test_a_main_program_without_a_guard_runs_once(tmp_path: Path) -> None:
    script = tmp_path / "service.py"
    script.write_text(SCRIPT)
    done = subprocess.run(
        [sys.executable, script],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert (done.stdout, done.stderr) == ("main runs\n42\n", "")
