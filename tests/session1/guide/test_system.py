"""The system: connections, fetching, processors."""

import asyncio
import os
from itertools import chain, repeat

import numpy as np
import pytest
from sqlalchemy import text
from sqlalchemy.pool import QueuePool

from session1 import virtual_time
from session1.demo.local_site import local_site
from session1.runtime import cpu_map as cpu_map_module
from session1.runtime.batches import execute_tasks_concurrently
from session1.runtime.connections import create_pool, pool_stats
from session1.runtime.cpu_map import cpu_map
from session1.runtime.fetch import fetch_external_data
from session1.runtime.task import Task

pytestmark = pytest.mark.slow


class TestDatabaseConnectionPooling:
    def test_the_guides_parameters_on_a_real_postgresql(self, postgres_url):
        engine = create_pool(
            postgres_url,
            poolclass=QueuePool,
            pool_size=20,
            max_overflow=10,
            pool_pre_ping=True,
            pool_recycle=3600,
        )
        try:
            assert isinstance(engine.pool, QueuePool)
            held = [engine.connect() for _ in range(30)]  # 20 and 10 for the peak
            assert pool_stats(engine).lent == 30
            for connection in held:
                connection.execute(text("SELECT 1"))
                connection.close()
            assert pool_stats(engine).idle == 20
            with engine.connect() as connection:
                assert connection.execute(text("SELECT 40 + 2")).scalar_one() == 42
            assert pool_stats(engine).opened == 30
        finally:
            engine.dispose()


class TestAsyncIOOperations:
    def test_urls_are_fetched_at_the_same_time_and_in_order(self):
        async def main():
            async with local_site() as site:
                urls = [site.url(f"slow/0.05/{i}") for i in range(3)]
                urls.append(site.url("nowhere"))
                results = await fetch_external_data(urls, trust_env=False)
                return urls, results, site.peak

        urls, results, peak = asyncio.run(main())
        assert [r.url for r in results] == urls and peak >= 3
        # whole answers, where the guide's responses are read after their session closed
        assert [r.text for r in results[:3]] == ["slow"] * 3
        assert results[3].status == 404 and not results[3].ok

    def test_three_urls_are_three_times_as_fast_and_not_ten_times(self):
        waits = [Task("", asyncio.sleep, {"delay": 1}) for _ in range(3)]
        one_by_one = virtual_time.run(execute_tasks_concurrently, waits, None, 1)
        together = virtual_time.run(execute_tasks_concurrently, waits)
        assert (one_by_one.seconds, together.seconds) == (3, 1)


class TestCPUBoundTaskOptimization:
    def test_processes_give_what_a_loop_gives(self, monkeypatch):
        # as if on eight processors, and by a clock by which the first item takes a
        # second and nothing else takes any time
        monkeypatch.setattr(cpu_map_module, "cpus", lambda: 8)
        clock = chain([0.0], repeat(1.0)).__next__
        dataset = [list(range(n, n + 100)) for n in range(25)]

        def mean(numbers):
            return os.getpid(), np.mean(numbers)

        results = cpu_map(mean, dataset, processes=8, clock=clock)
        assert [m for _, m in results] == [np.mean(numbers) for numbers in dataset]
        assert len({pid for pid, _ in results} - {os.getpid()}) > 1

    def test_and_none_are_started_where_a_loop_is_faster(self):
        dataset = [list(range(n, n + 100)) for n in range(40)]
        pids = cpu_map(lambda _: os.getpid(), dataset, processes=8)
        assert pids == [os.getpid()] * 40
