"""The ten do's and the ten don'ts."""

import asyncio
import threading
from itertools import count

import pytest
from sqlalchemy import text

from session1 import virtual_time
from session1.fast_response_agent import FastResponseAgent
from session1.latency.fallback import STAND_INS
from session1.llm import SimulatedLLM
from session1.llm.cached import CachedLLMManager
from session1.llm.models import select_optimal_model, table
from session1.llm.prompt import compare, tidy
from session1.load.agents import Plan, run
from session1.memory.manager import MemoryManager
from session1.monitoring import kpi
from session1.monitoring.allocations import peak_allocations
from session1.monitoring.flowchart import diagnose
from session1.monitoring.manager import MonitoringManager, track_performance
from session1.monitoring.profiling import profile_function
from session1.runtime.batches import batch_execute, execute_tasks_concurrently
from session1.runtime.connections import create_pool, pool_stats
from session1.runtime.job import DeadlineExceeded
from session1.runtime.task import Task
from session1.runtime.task_queue import TaskQueue
from tests.session1.guide.parts import (
    NOW,
    WELL,
    memory_intensive_function,
    remarks,
    virtual,
)

pytestmark = pytest.mark.slow


class TestDos:
    def test_01_profile_before_optimizing(self):
        def cheap():
            return 1

        def costly():
            return [cheap() for _ in range(500)]

        _, profile = profile_function(costly)
        most = max(profile.rows, key=lambda row: row.calls)
        assert "cheap" in most.function and most.calls == 500

    def test_02_cache_aggressively(self):
        llm = SimulatedLLM()

        async def main():
            agent = FastResponseAgent("a", llm, target_response_time=60.0)
            for _ in range(20):
                await agent.process_message("Name a river.")

        virtual(main)
        assert llm.usage.calls == 1

    def test_03_batch_operations(self):
        calls = []
        with MemoryManager() as memory:
            ledger = memory._ledger.write

            def write(*args):
                calls.append(1)
                return ledger(*args)

            memory._ledger.write = write
            memory.put_many({"data": said} for said in remarks(200))
            assert len(calls) < 20 and len(memory) == 200

    def test_04_use_async_io(self):
        tasks = [Task("", asyncio.sleep, {"delay": 1}) for _ in range(40)]
        assert virtual_time.run(execute_tasks_concurrently, tasks).seconds == 1

    def test_05_monitor_continuously(self):
        monitor = MonitoringManager()
        request = track_performance(monitor, name="request")(lambda: None)
        for _ in range(5000):
            request()
        assert monitor.performance("request")["calls"] == 5000
        assert "5000" in monitor.prometheus()

    def test_06_set_performance_budgets(self):
        missed = [r for r in kpi.rows({"p95": 1.5, "p50": 0.01}) if r.value is not None]
        assert [r.verdict for r in missed] == ["excellent", "action"]

    def test_07_test_at_scale(self):
        # real questions, a twentieth of them new to it: no answer is wrong, and few
        # callers get a stand-in, however busy this machine is
        load = run(Plan("composed", rate=100, seconds=20, new=0.05))
        assert load.requests > 1500 and load.ends["model"] > 80
        assert load.ends["wrong"] == load.ends["error"] == 0
        assert load.share("exact", "fuzzy", "model") > 0.9

    def test_08_optimize_prompts(self):
        rules = "Answer   in one word.  Do not explain.\n\n\n"
        prompt = rules * 8 + "Is the Nile a river?"
        llm = SimulatedLLM(reply=lambda m: m[-1].content.splitlines()[-1])
        price = table().models["small"]
        variants = {"long": prompt, "tidy": tidy(prompt)}
        long, short = virtual(lambda: compare(llm, variants, price=price, rounds=9))
        assert short.text == long.text == "Is the Nile a river?"
        assert short.prompt_tokens < long.prompt_tokens / 2
        assert short.dollars < long.dollars
        assert short.first_token_s < long.first_token_s

    def test_09_use_connection_pooling(self):
        engine = create_pool()  # an SQLite file by default
        try:
            for _ in range(50):
                with engine.connect() as connection:
                    connection.execute(text("SELECT 1"))
            assert (pool_stats(engine).opened, pool_stats(engine).used) == (1, 50)
        finally:
            engine.dispose()

    def test_10_implement_timeouts(self):
        async def main():
            slow = SimulatedLLM(reply=lambda _: "word " * 60)
            agent = FastResponseAgent("a", slow, target_response_time=0.5)
            said = await agent.process_message("Tell me all.")
            assert said in STAND_INS
            async with TaskQueue() as queue:
                job = await queue.submit(
                    Task("sleep", asyncio.sleep, {"delay": 99}, deadline=0.5)
                )
                with pytest.raises(DeadlineExceeded):
                    await job

        assert virtual_time.run(main).seconds == 1.0


class TestDonts:
    def test_01_dont_optimize_what_is_no_bottleneck(self):
        well = diagnose(WELL)
        assert well.bottleneck is None and "No bottleneck" in well.text

    def test_02_dont_ignore_monitoring(self):
        # what was not measured is named, not taken to be well
        blind = diagnose({"p50": 0.01})
        assert "Throughput" in blind.missing and "Memory usage" in blind.missing

    def test_03_dont_over_cache(self):
        now = 0.0
        manager = CachedLLMManager(
            SimulatedLLM(), maxsize=10, ttl=60, clock=lambda: now
        )

        async def ask(n):
            for i in range(n):
                await manager.generate(f"Name river number {i}.")

        virtual(ask, 30)
        assert manager.get_cache_stats()["cache_size"] == 10
        misses, now = manager.misses, 61.0
        virtual(manager.generate, "Name river number 29.")
        assert manager.misses == misses + 1  # too old to be served

    def test_04_dont_block_the_loop(self):
        async def main():
            beat = threading.Event()

            def blocking():
                return beat.wait(60)  # only a loop that goes on can end this

            asyncio.get_running_loop().call_later(0.01, beat.set)
            return await Task("block", blocking).execute()

        assert asyncio.run(main()) is True

    def test_05_dont_skip_profiling(self):
        # one assumes that the dict takes the memory, and it is the list
        _, found = peak_allocations(memory_intensive_function)
        most = max(found.lines, key=lambda line: line.bytes)
        assert "large_list" in most.source

    def test_06_dont_forget_cleanup(self, stamped):
        assert stamped.cleanup(NOW, older_than=3600)["removed"] == 300 - 61

    def test_07_dont_use_the_wrong_model(self):
        models = table().models
        small, large = (
            models[select_optimal_model(kind)] for kind in ("simple", "reasoning")
        )
        assert large.cost(100, 20) > 10 * small.cost(100, 20)

    def test_08_dont_ignore_indexes(self, stamped):
        scan = stamped.explain({"agent_id": "agent_001"})
        assert scan.scan and "create_index('agent_id')" in str(scan)
        stamped.create_index("agent_id")
        assert stamped.explain({"agent_id": "agent_001"}).rows < scan.rows

    def test_09_dont_batch_too_large(self):
        begun = count()

        async def work(n):
            return n

        def endless():
            for n in count():
                next(begun)
                yield Task("", work, {"n": n})

        batches = batch_execute(endless(), batch_size=10)
        assert next(batches) == list(range(10))
        batches.close()
        assert next(begun) <= 40  # of an endless supply, a few batches were begun

    def test_10_dont_ignore_errors(self):
        async def fail():
            raise ConnectionError("down")

        monitor = MonitoringManager()
        tracked = track_performance(monitor, name="fail")(fail)
        results = asyncio.run(execute_tasks_concurrently([Task("", tracked)] * 3))
        assert [type(r) for r in results] == [ConnectionError] * 3
        seen = monitor.performance("fail")
        assert seen["error_rate"] == 1.0
        assert {e["kind"] for e in monitor.errors.figures()["recent"]} == {
            "ConnectionError"
        }
