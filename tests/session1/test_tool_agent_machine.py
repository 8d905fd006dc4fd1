"""Whatever callers and tools do, nobody waits for ever and every call is counted."""

import asyncio
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from session1.llm import SimulatedLLM
from session1.optimized_tools import OptimizedToolAgent
from session1.tool import Tool
from session1.virtual_time import VirtualLoop

DEADLINE, GRACE, PATIENCE = 5.0, 1.0, 20.0
TOOLS = ("quick", "slow", "hang", "bad", "quit", "stubborn", "once", "error", "nested")

tools = st.builds(
    lambda name, kept: name + ("!" if kept else ""),
    st.sampled_from(TOOLS),
    st.booleans(),
)
numbers = st.integers(0, 2)


class ToolAgentMachine(RuleBasedStateMachine):
    """Calls, batches, cancellations and time in any order, on a virtual clock."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = VirtualLoop()
        self.complaints: list[dict] = []
        self.loop.set_exception_handler(lambda _, c: self.complaints.append(c))
        made = [
            Tool(name + mark, "", getattr(self, name), cacheable=bool(mark))
            for name in TOOLS
            for mark in ("", "!")
        ]
        self.agent = OptimizedToolAgent(
            "agent",
            SimulatedLLM(),
            made,
            max_cached=4,
            limit=3,
            ttl=30,
            deadline=DEADLINE,
            patience=PATIENCE,
            clock=self.loop.time,
        )
        self.expected = self.nested_calls = 0
        self.running: dict[asyncio.Task[Any], float] = {}

    # what tools do

    async def quick(self, n: int) -> list[int]:
        await asyncio.sleep(0.1)
        return [n]

    async def slow(self, n: int) -> list[int]:
        await asyncio.sleep(7)
        return [n]

    async def hang(self, n: int) -> None:
        await self.loop.create_future()

    async def bad(self, n: int) -> None:
        await asyncio.sleep(n)
        raise ValueError(f"bad {n}")

    async def quit(self, n: int) -> None:
        await asyncio.sleep(n)
        raise asyncio.CancelledError

    async def stubborn(self, n: int) -> None:
        until = self.loop.time() + 10
        while (left := until - self.loop.time()) > 0:
            try:
                await asyncio.sleep(left)
            except asyncio.CancelledError:
                continue

    async def once(self, n: int) -> Any:
        await asyncio.sleep(1)
        return (n for _ in "a")

    async def error(self, n: int) -> dict:
        return {"error": str(n)}

    async def nested(self, n: int) -> Any:
        self.nested_calls += 1
        return await self.agent.execute_tool_cached("quick!", {"n": n})

    # what callers do

    @rule(tool=tools, n=numbers)
    def call(self, tool: str, n: int) -> None:
        self.expected += 1
        self.start(self.single(tool, n), DEADLINE + (10 if "stubborn" in tool else 0))

    @rule(requests=st.lists(st.tuples(tools, numbers), max_size=7))
    def batch(self, requests: list[tuple[str, int]]) -> None:
        turns = -(-len(requests) // 3)
        self.start(self.parallel(requests), turns * (DEADLINE + GRACE))

    @precondition(lambda self: self.running)
    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        task = data.draw(st.sampled_from(list(self.running)))
        task.cancel()

    @rule(seconds=st.sampled_from([0.0, 0.05, 0.5, 3.0, 6.0, 40.0]))
    def wait(self, seconds: float) -> None:
        self.loop.run_until_complete(asyncio.sleep(seconds))

    @rule()
    def forget(self) -> None:
        self.agent.clear_cache()

    def start(self, call: Any, within: float) -> None:
        task = self.loop.create_task(call)
        self.running[task] = self.loop.time() + within
        self.wait(0.0)

    async def single(self, tool: str, n: int) -> None:
        try:
            result = await self.agent.execute_tool_cached(tool, {"n": n})
        except (ValueError, RuntimeError, TimeoutError) as e:
            result = e
        self.judge(tool, n, result)

    async def parallel(self, requests: list[tuple[str, int]]) -> None:
        answers = await self.agent.execute_tools_parallel(
            [{"tool": tool, "params": {"n": n}} for tool, n in requests]
        )
        for (tool, n), answer in zip(requests, answers, strict=True):
            assert answer["tool"] == tool
            assert answer["success"] is ("error" not in answer)
            if answer["success"]:
                self.judge(tool, n, answer["result"])

    def judge(self, tool: str, n: int, result: Any) -> None:
        """A result is the tool's own for these parameters, untouched by others."""
        if isinstance(result, Exception):
            return
        name = tool.rstrip("!")
        if name in ("quick", "slow", "nested"):
            assert result == [n]
            result.append("spoiled")
        elif name == "once":
            assert list(result) == [n]
        elif name == "error":
            assert result == {"error": str(n)}
            result.clear()
        else:
            assert name == "stubborn"

    # what holds at all times

    @invariant()
    def nobody_waits_for_longer_than_they_should(self) -> None:
        for task, limit in list(self.running.items()):
            assert task.done() or self.loop.time() <= limit + 0.01, task
            if task.done():
                del self.running[task]
                assert task.cancelled() or task.exception() is None, task.exception()

    @invariant()
    def every_call_is_counted_once(self) -> None:
        for s in self.agent.execution_stats.values():
            assert s.total_calls == s.cache_hits + s.coalesced + s.executions
            ended = s.successes + s.errors + s.timeouts + s.cancelled
            assert ended <= s.total_calls  # equal in the end: see teardown

    @invariant()
    def the_cache_keeps_its_bound(self) -> None:
        assert self.agent.get_performance_stats()["cache_size"] <= 4

    def teardown(self) -> None:
        self.wait(100.0)
        self.nobody_waits_for_longer_than_they_should()
        assert not self.running
        stats = self.agent.execution_stats.values()
        for s in stats:
            ended = s.successes + s.errors + s.timeouts + s.cancelled
            assert s.total_calls == ended
        assert self.agent.get_performance_stats()["running"] == 0
        assert sum(s.total_calls for s in stats) >= self.expected + self.nested_calls
        assert self.complaints == []
        assert not asyncio.all_tasks(self.loop)
        self.loop.close()


TestToolAgent = ToolAgentMachine.TestCase
TestToolAgent.settings = settings(
    max_examples=60, stateful_step_count=30, deadline=None
)
