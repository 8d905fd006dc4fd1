"""The naive tool agent has the faults the course says it has, and works besides."""

import asyncio
from typing import Any

from session1 import virtual_time
from session1.llm import SimulatedLLM
from session1.naive_tools import NaiveToolAgent
from session1.tool import Tool


def naive(run: Any, name: str = "tool") -> NaiveToolAgent:
    tool = Tool(name, "", run)
    return NaiveToolAgent("naive", SimulatedLLM(), [tool], clock=virtual_time.now)


def calls(agent: NaiveToolAgent, *params: dict) -> list[Any]:
    async def main() -> list[Any]:
        return [await agent.execute_tool_cached("tool", p) for p in params]

    return virtual_time.run(main).value


def test_it_works_for_one_caller() -> None:
    runs = []

    async def double(n: int) -> int:
        runs.append(n)
        return 2 * n

    agent = naive(double)
    assert calls(agent, {"n": 1}, {"n": 2}, {"n": 1}) == [2, 4, 2]
    assert runs == [1, 2]
    stats = agent.get_performance_stats()
    assert (stats["total_tool_calls"], stats["total_cache_hits"]) == (3, 1)


def test_identical_calls_all_run() -> None:
    runs = []

    async def slow() -> None:
        runs.append(1)
        await asyncio.sleep(1)

    agent = naive(slow)
    virtual_time.run(agent.execute_tools_parallel, [{"tool": "tool"}] * 100)
    assert len(runs) == 100


def test_equal_parameters_get_two_keys() -> None:
    agent = naive(print)
    one, two = {"p": {"a": 1, "b": 2}}, {"p": {"b": 2, "a": 1}}
    assert agent._cache_key("tool", one) != agent._cache_key("tool", two)


def test_short_lived_objects_share_a_wrong_answer() -> None:
    class Handle:
        def __init__(self, n: int) -> None:
            self.n = n

    async def number(handle: Handle) -> int:
        return handle.n

    agent = naive(number)

    async def main() -> list[int]:
        return [
            await agent.execute_tool_cached("tool", {"handle": Handle(n)})
            for n in range(1_000)
        ]

    wrong = sum(got != n for n, got in enumerate(virtual_time.run(main).value))
    assert wrong > 500


def test_callers_share_what_is_kept() -> None:
    async def rows() -> list[int]:
        return [1]

    first, second = calls(naive(rows), {}, {})
    assert first is second


def test_side_effects_are_cached_by_default() -> None:
    sent = []

    async def send_email() -> None:
        sent.append(1)

    calls(naive(send_email), {}, {})
    assert len(sent) == 1


def test_a_returned_failure_is_kept_and_a_raised_one_is_not_counted() -> None:
    answers = iter([{"error": "busy"}, {"rows": 1}])

    async def flaky() -> dict:
        return next(answers)

    assert calls(naive(flaky), {}, {}) == [{"error": "busy"}] * 2

    async def bad() -> None:
        raise OSError

    agent = naive(bad)
    virtual_time.run(agent.execute_tools_parallel, [{"tool": "tool"}])
    assert agent.get_performance_stats()["total_tool_calls"] == 0


def test_a_cancellation_leaks_out_as_a_result() -> None:
    async def quits() -> None:
        raise asyncio.CancelledError

    agent = naive(quits)
    answers = virtual_time.run(agent.execute_tools_parallel, [{"tool": "tool"}]).value
    assert isinstance(answers[0], asyncio.CancelledError)


def test_nothing_leaves_the_cache() -> None:
    async def same(n: int) -> int:
        return n

    agent = naive(same)

    async def main() -> None:
        for n in range(3_000):
            await agent.execute_tool_cached("tool", {"n": n})
        await asyncio.sleep(7200)
        await agent.execute_tool_cached("tool", {"n": -1})

    virtual_time.run(main)
    assert len(agent.tool_cache) == 3_001


def test_a_blocking_tool_stops_the_loop_and_no_thread_starts() -> None:
    here = []
    agent = naive(lambda: here.append(asyncio.current_task()))
    calls(agent, {})
    assert here != [None]
    assert not agent.thread_pool._threads
