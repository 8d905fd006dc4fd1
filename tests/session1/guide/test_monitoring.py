"""Monitoring, profiling, and the flowchart."""

import asyncio
import sys

import pytest

from session1 import virtual_time
from session1.monitoring.allocations import peak_allocations
from session1.monitoring.flowchart import BRANCHES, diagnose, improved
from session1.monitoring.line_memory import profile_lines
from session1.monitoring.manager import MonitoringManager, track_performance
from session1.monitoring.profiling import profile_function
from tests.session1.guide.parts import ILL, WELL, memory_intensive_function, virtual

pytestmark = pytest.mark.slow


class TestPerformanceMonitoring:
    def test_metrics_and_errors_as_the_guide_records_them(self):
        monitor = MonitoringManager()
        tags = {"function": "process_request"}
        monitor.record_metric(metric="function_latency", value=0.25, tags=tags)
        monitor.record_error(error=str(ValueError("no")), context=tags)
        ((name, kept, series),) = monitor.metrics()
        assert (name, kept) == ("function_latency", tags)
        assert series.figures()["count"] == 1
        (error,) = monitor.errors.figures()["recent"]
        assert error["context"] == tags and "no" in str(error)

    def test_the_decorator_times_awaits_too(self):
        async def main():
            monitor = MonitoringManager(clock=virtual_time.now)

            @track_performance(monitor)
            async def process_request(data):
                await asyncio.sleep(0.05)
                if not data:
                    raise ValueError("no data")
                return data

            assert await process_request("x") == "x"
            with pytest.raises(ValueError, match="no data"):
                await process_request("")
            return monitor.performance("process_request")

        seen = virtual(main)  # the guide's wrapper would read a microsecond
        assert seen["latency"]["p50"] == pytest.approx(0.05, rel=0.01)
        assert (seen["successes"], seen["errors"]) == (1, 1)

    def test_the_bare_decorator_works_as_in_the_guide(self):
        @track_performance
        def process_request(data):
            return data

        assert process_request(3) == 3 and process_request.__name__ == "process_request"


class TestProfilingCode:
    def test_the_result_and_the_most_expensive_functions(self):
        def expensive_operation(data):
            return sum(sorted(data, key=lambda n: -n))

        # a pair, because a profile in a log alone can be neither tested nor drawn
        result, profile = profile_function(expensive_operation, range(1000))
        assert result == 499_500
        top = profile.top(20)
        assert len(top) <= 20
        calls = {row.function: row.calls for row in profile.rows}
        assert any(n == 1000 for name, n in calls.items() if "lambda" in name)
        assert "expensive_operation" in profile.text(20)


class TestMemoryProfiling:
    def test_line_by_line(self):
        before = sys.gettrace()
        result, lines = profile_lines(memory_intensive_function)
        assert result[0] == 300_000 and sys.gettrace() is before
        ran = {line.source.strip(): line.runs for line in lines.lines}
        assert ran["large_list = list(range(300_000))"] == 1

    def test_exactly_by_tracemalloc(self):
        _, found = peak_allocations(memory_intensive_function)
        assert found.peak_bytes > 300_000 * 8
        assert any("large_list" in line.source for line in found.lines)


class TestPerformanceOptimizationFlowchart:
    def test_it_has_the_five_branches_with_three_measures_each(self):
        assert set(BRANCHES) == set(ILL)
        assert all(len(measures) == 3 for _, measures in BRANCHES.values())

    @pytest.mark.parametrize("branch", ILL)
    def test_it_finds_the_bottleneck_and_knows_when_it_is_mended(self, branch):
        before = diagnose(WELL | ILL[branch])
        assert before.bottleneck.name == branch
        assert before.bottleneck.measures == BRANCHES[branch][1]
        after = diagnose(WELL)
        assert improved(before, after) and after.bottleneck is None
        assert not improved(before, before)
