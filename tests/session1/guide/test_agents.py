"""Agents: a pool of them, tasks at the same time, a context that fits."""

import asyncio
from itertools import chain, count

import pytest

from session1 import virtual_time
from session1.base_agent import BaseAgent
from session1.llm import SimulatedLLM
from session1.memory.context_manager import ContextManager
from session1.runtime.agent_manager import AgentManager, PoolFull, PoolTimeout
from session1.runtime.batches import batch_execute, execute_tasks_concurrently
from session1.runtime.task import Task
from session1.runtime.task_queue import TaskQueue
from tests.session1.guide.parts import remarks, virtual

pytestmark = pytest.mark.slow


class TestAgentPoolManagement:
    def manager(self, **more):
        return AgentManager(
            max_agents=50,
            min_idle_agents=5,
            pool_timeout=30,
            enable_warmup=True,
            **more,
        )

    def test_agents_are_registered_before_traffic(self):
        # The guide's Agent has a role and capabilities; ours needs a model instead.
        llm, manager = SimulatedLLM(), self.manager()
        for i in range(manager.min_idle_agents):
            manager.register_agent(BaseAgent(f"warmup_agent_{i}", "general", llm))
        assert manager.stats().idle == 5

    def test_a_factory_warms_up_by_itself_and_the_limit_holds(self):
        async def main():
            made = count()
            manager = AgentManager(
                max_agents=2,
                min_idle_agents=1,
                pool_timeout=30,
                factory=lambda: BaseAgent(f"agent {next(made)}", "x", SimulatedLLM()),
            )
            async with manager:
                assert manager.stats().idle == 1
                first, second = await manager.acquire(), await manager.acquire()
                with pytest.raises(PoolTimeout, match="2 of 2 agents are lent"):
                    await manager.acquire()
                with pytest.raises(PoolFull):
                    manager.register_agent(BaseAgent("one more", "x", SimulatedLLM()))
                manager.release(first)
                manager.release(second)

        assert virtual_time.run(main).seconds == 30  # the guide's pool_timeout


class TestConcurrentTaskExecution:
    def test_tasks_run_at_the_same_time_and_failures_are_results(self):
        async def nap(seconds):
            await asyncio.sleep(seconds)
            if seconds == 2:
                raise ValueError("two")
            return seconds

        tasks = [Task("nap", nap, {"seconds": s}) for s in (1, 2, 3)]
        run = virtual_time.run(execute_tasks_concurrently, tasks)
        assert run.seconds == 3
        assert run.value[0] == 1 and run.value[2] == 3
        assert isinstance(run.value[1], ValueError)

    def test_an_agent_executes_a_task(self):
        agent = BaseAgent("a", "An agent.", SimulatedLLM())
        said = virtual(agent.execute_task_async, Task("Name a river."))
        assert said == "You said: Name a river."

    def test_batches_come_as_lists_in_order(self):
        async def double(n):
            return 2 * n

        tasks = [Task("", double, {"n": n}) for n in range(25)]
        batches = list(batch_execute(tasks, batch_size=10))
        assert [len(batch) for batch in batches] == [10, 10, 5]
        assert list(chain(*batches)) == [2 * n for n in range(25)]

    def test_a_queue_limits_them(self):
        async def main():
            running = peak = 0

            async def work():
                nonlocal running, peak
                running += 1
                peak = max(peak, running)
                await asyncio.sleep(1)
                running -= 1

            async with TaskQueue(limit=4) as queue:
                for _ in range(12):
                    await queue.submit(Task("", work))
            return peak, queue.stats().done

        assert virtual(main) == (4, 12)


class TestAgentContextOptimization:
    def test_what_matters_stays_and_the_rest_goes_first(self):
        with pytest.warns(UserWarning, match="pass llm_client"):  # the guide has none
            context_mgr = ContextManager(
                max_tokens=4000, compression_threshold=0.8, enable_summarization=True
            )
        context_mgr.add_context("Critical system info", importance=1.0)
        context_mgr.add_context("Optional details", importance=0.3)
        assert "Optional details" in context_mgr.get_context_summary()
        for i, remark in enumerate(remarks(800)):
            context_mgr.add_context(f"{i}: {remark}", importance=0.5)
        optimized = context_mgr.get_context_summary()
        assert "Critical system info" in optimized
        assert "Optional details" not in optimized
        assert context_mgr.tokens <= 0.8 * 4000

    @pytest.mark.model
    def test_a_model_tells_in_short_what_left(self, model):
        context_mgr = ContextManager(
            max_tokens=60, enable_summarization=True, llm_client=model
        )
        facts = ["Ada lives in Lisbon.", "Ada has a dog named Rex.", "Ada eats fish."]
        for fact in facts * 2 + remarks(6):
            context_mgr.add_context(fact)
        assert context_mgr.waiting and context_mgr.summary == ""
        summary = asyncio.run(context_mgr.compress(max_summary_tokens=48))
        assert not context_mgr.waiting
        assert "Ada" in summary and summary not in facts
        assert summary.split()[0] in context_mgr.get_context_summary()
