"""What an agent is made of, and what is measured of it."""

import asyncio
from contextlib import suppress

import pytest

from session1 import hybrid_time
from session1.composed import ComposedAgent
from session1.llm import SimulatedLLM
from session1.llm.batching import Batcher
from session1.memory.manager import MemoryManager
from session1.monitoring import kpi
from session1.monitoring.manager import MonitoringManager, track_performance
from tests.session1.guide.parts import virtual

pytestmark = pytest.mark.slow


class TestPerformanceArchitecture:
    def test_the_parts_put_together_answer_remember_and_are_measured(self):
        llm = SimulatedLLM()
        monitor = MonitoringManager()

        async def talk(memory):
            known = {"What is a robot?": "A machine that does as it is told."}
            async with ComposedAgent(
                {"small": llm}, memory, answers=known, monitor=monitor
            ) as agent:
                asked = await agent.ask("Name a river.", user="ada")
                told = await agent.ask("What is a robot?", user="ada")
                again = await agent.ask("Name a river.", user="bob")
                return told, asked, again, await agent.recall("ada")

        with MemoryManager() as memory:
            told, asked, again, turns = hybrid_time.run(talk, memory).value
        assert told["response"] == "A machine that does as it is told."
        assert asked["cache_hit"] is False and again["cache_hit"] is True
        assert again["response"] == asked["response"] and llm.usage.calls == 1
        assert [turn["message"] for turn in turns] == [
            "Name a river.",
            "What is a robot?",
        ]
        assert monitor.performance("ask")["successes"] == 3


class TestKeyPerformanceIndicators:
    def test_every_indicator_of_the_chart_is_measured(self):
        monitor = MonitoringManager()

        @track_performance(monitor)
        def request(n):
            if n == 0:
                raise TimeoutError("late")
            if n == 1:
                raise ValueError("bad")

        for n in range(10):
            with suppress(TimeoutError, ValueError):
                request(n)
        seen = monitor.performance("request")
        assert {"p50", "p95", "p99"} <= set(seen["latency"])
        assert seen["success_rate"] == 0.8
        assert seen["error_rate"] == seen["timeout_rate"] == 0.1
        assert seen["throughput"] > 0
        assert {"cpu", "memory", "io_wait"} <= set(monitor.resources.read())

    def test_so_are_calls_of_the_model_and_sizes_of_batches(self):
        async def main():
            llm = SimulatedLLM()
            batcher = Batcher(llm, size=4)
            await asyncio.gather(*(batcher.generate(f"number {i}") for i in range(8)))
            return llm.usage.calls, batcher.get_batch_stats()

        calls, stats = virtual(main)
        assert calls == stats["requests"] == 8
        assert (stats["batches"], stats["largest"]) == (2, 4)


class TestTargetPerformanceBenchmarks:
    TABLE = (  # the guide's figures, in seconds and as shares
        ("p50", 0.1, 0.05, 0.2),
        ("p95", 0.5, 0.2, 1),
        ("p99", 1, 0.5, 2),
        ("throughput", 1000, 5000, 500),
        ("cpu", 0.7, 0.5, 0.85),
        ("memory", 0.8, 0.6, 0.9),
        ("success_rate", 0.99, 0.999, 0.98),
        ("error_rate", 0.01, 0.001, 0.02),
    )

    def test_the_table_is_the_guides(self):
        ours = [(k.key, k.target, k.excellent, k.action) for k in kpi.KPIS]
        assert ours == [pytest.approx(row) for row in self.TABLE]

    @pytest.mark.parametrize(("key", "target", "excellent", "action"), TABLE)
    def test_each_band_has_its_verdict(self, key, target, excellent, action):
        way = 1e-4 if target > action else -1e-4
        values = {
            "excellent": excellent * (1 + way),
            "target": target * (1 + way),
            "fair": target,  # which is not past it
            "action": action * (1 - way),
        }
        for verdict, value in values.items():
            (row,) = [r for r in kpi.rows({key: value}) if r.kpi.key == key]
            assert row.verdict == verdict
