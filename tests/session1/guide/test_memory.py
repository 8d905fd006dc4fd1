"""Memory: tiers, indexes, cleanup."""

import threading

import pytest
import redis

from session1.memory.manager import MemoryManager
from tests.session1.guide.parts import DAY, NOW, remarks

pytestmark = pytest.mark.slow

TIERS = {
    "hot_tier": {"backend": "redis", "ttl": 300, "max_size_mb": 100},
    "warm_tier": {"backend": "sqlite", "ttl": 3600, "max_size_mb": 1000},
    "cold_tier": {"backend": "disk", "ttl": 86400, "compression": True},
}


class TestEfficientStorageStrategy:
    def test_records_move_down_as_they_age_and_are_still_found(
        self, redis_url, monkeypatch
    ):
        monkeypatch.setenv("COURSE_REDIS_URL", redis_url)
        now = NOW
        with MemoryManager(config=TIERS, clock=lambda: now) as memory_manager:
            ids = memory_manager.put_many({"data": said} for said in remarks(100))
            with redis.Redis.from_url(redis_url) as server:
                store = memory_manager._ledger.store
                assert server.hlen(f"{{session1:{store}}}:bodies") == 100
            assert memory_manager.get(ids[3])["data"] == remarks(4)[3]
            stats = memory_manager.stats()
            assert (stats["hot_tier"]["records"], stats["hot_tier"]["hits"]) == (100, 1)
            assert stats["hot_tier"]["errors"] == 0
            assert stats["warm_tier"]["records"] == 100
            now += 3601
            memory_manager.cleanup(now)
            stats = memory_manager.stats()
            assert stats["warm_tier"]["records"] == 0
            assert stats["cold_tier"]["records"] == 100
            assert stats["cold_tier"]["bytes"] < stats["cold_tier"]["json_bytes"]
            assert memory_manager.get(ids[7])["data"] == remarks(8)[7]
            now += 2 * DAY
            memory_manager.cleanup(now)
            assert len(memory_manager) == 0


class TestMemoryRetrievalOptimization:
    def test_an_index_leads_to_the_few_that_match(self, stamped):
        stamped.create_index("agent_id")
        stamped.create_index("timestamp")
        results = stamped.retrieve(
            filter={"agent_id": "agent_001"},
            limit=10,
            use_index=True,
            projection=["id", "data"],
        )
        assert len(results) == 10
        assert all(set(r) == {"id", "data"} for r in results)
        assert {r["id"] for r in results} <= {f"r{i}" for i in range(1, 300, 3)}
        assert stamped.explain({"agent_id": "agent_001"}).rows == 100
        assert stamped.explain({"agent_id": "agent_001"}, use_index=False).scan

    def test_recent_ones_by_comparison_as_in_a_full_scan(self, stamped):
        stamped.create_index("timestamp")
        after = NOW - 3600
        recent = stamped.retrieve(filter={"timestamp": {"$gte": after}}, limit=100)
        everything = list(stamped.retrieve_all())
        assert len(everything) == 300
        slow = {r["id"] for r in everything if r["timestamp"] >= after}
        assert {r["id"] for r in recent} == slow and len(slow) == 61


class TestMemoryCleanupStrategy:
    def test_stale_ones_go_and_are_counted(self, stamped):
        cutoff_time = NOW - 2 * 3600
        deleted = stamped.delete_where(filter={"timestamp": {"$lt": cutoff_time}})
        assert deleted == 300 - 121
        assert len(list(stamped.retrieve_all())) == 121

    def test_it_is_scheduled_daily_or_at_an_interval(self, stamped):
        # by APScheduler: the guide's `schedule` only works while someone polls it
        daily = stamped.schedule_cleanup(at="02:00", older_than=7 * DAY)
        (job,) = daily.get_jobs()
        assert (job.next_run_time.hour, job.next_run_time.minute) == (2, 0)
        cleaned = threading.Event()
        before = stamped.cleanup

        def cleanup(**options):
            before(**options)
            cleaned.set()

        stamped.cleanup = cleanup
        stamped.schedule_cleanup(every=0.05, older_than=2 * 3600)
        assert cleaned.wait(60)
        assert len(list(stamped.retrieve_all())) == 121
