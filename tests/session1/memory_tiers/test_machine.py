"""The manager against a dict: whatever is done in whatever order."""

import tempfile

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from session1.memory.manager import MemoryManager
from session1.memory.tiers import migration
from session1.memory.tiers.filters import read

from .test_filters import atoms, filters, values

pytestmark = pytest.mark.slow

TTL = {"hot": 10.0, "warm": 100.0, "cold": 1000.0}
CONFIG = {
    "hot_tier": {"ttl": TTL["hot"], "max_size_mb": 0.003},
    "warm_tier": {"ttl": TTL["warm"], "max_size_mb": 0.001},
    "cold_tier": {"ttl": TTL["cold"]},
}
ids = st.sampled_from([f"r{n}" for n in range(9)])


class Store(RuleBasedStateMachine):
    """`held` is what must be found: {id: record}; `touched` when each was last used."""

    def __init__(self):
        super().__init__()
        self.place = tempfile.TemporaryDirectory()
        self.now = 1e6
        self.held, self.touched = {}, {}
        self.batch = migration.BATCH
        migration.BATCH = 3
        self.store = self.opened()

    def opened(self):
        return MemoryManager(CONFIG, folder=self.place.name, clock=lambda: self.now)

    def living(self):
        limit = self.now - TTL["cold"]
        return {id: r for id, r in self.held.items() if self.touched[id] > limit}

    @rule(id=ids, a=values, b=values, text=st.text("ab", max_size=200))
    def put(self, id, a, b, text):
        record = {"id": id, "timestamp": self.now, "a": a, "b": b, "data": text}
        assert self.store.put(record) == id
        self.held[id], self.touched[id] = record, self.now

    @rule(a=atoms)
    def put_without_id_or_time(self, a):
        id = self.store.put({"a": a})
        self.held[id] = {"a": a, "id": id, "timestamp": self.now}
        self.touched[id] = self.now

    @rule(id=ids, flush=st.booleans())
    def get(self, id, flush):
        found = self.store.get(id)
        assert found == self.living().get(id)
        if found is not None:
            found["a"] = "changed by the caller"
            self.touched[id] = self.now
            self.store.flush()

    @rule(id=ids)
    def delete(self, id):
        assert self.store.delete(id) == (id in self.held)
        self.held.pop(id, None)

    @rule(wanted=filters.filter(bool))
    def delete_where(self, wanted):
        gone = [id for id, r in self.living().items() if read(wanted).test(r)]
        assert self.store.delete_where(wanted) == len(gone)
        for id in gone:
            del self.held[id]

    @rule(field=st.sampled_from(["a", "b", "timestamp"]))
    def create_index(self, field):
        self.store.create_index(field)
        assert not self.store.create_index(field)

    @rule(
        wanted=filters,
        limit=st.none() | st.integers(1, 5),
        use_index=st.booleans(),
        projection=st.none() | st.just(["id", "b"]),
    )
    def retrieve(self, wanted, limit, use_index, projection):
        found = self.store.retrieve(wanted, limit, use_index, projection)
        passed = {id: r for id, r in self.living().items() if read(wanted).test(r)}
        assert len(found) == min(len(passed), limit or len(passed))
        assert len({r["id"] for r in found}) == len(found)
        for record in found:
            whole = passed[record["id"]]
            some = {k: v for k, v in whole.items() if k in (projection or whole)}
            assert record == some
        assert self.store.explain(wanted, use_index).total == len(self.store)

    @rule(seconds=st.sampled_from([1.0, 11.0, 101.0, 400.0, 1000.0]))
    def wait(self, seconds):
        self.now += seconds

    @rule(seconds=st.sampled_from([-3000.0, -50.0]))
    def clock_goes_back_for_a_moment(self, seconds):
        self.now += seconds
        for id in self.living():
            assert self.store.get(id) == self.held[id]
            # a use counts at the time the clock showed, never as an older one
            self.touched[id] = max(self.touched[id], self.now)
        self.store.flush()
        self.now -= seconds

    @rule()
    def cleanup(self):
        self.store.cleanup(self.now)
        alive = self.living()
        self.held = dict(alive)
        assert len(self.store) == len(alive)
        # what is younger than its warm ttl may be cold by pressure; never the reverse
        warm = self.store.stats()["warm_tier"]["records"]
        young = [id for id in alive if self.now - self.touched[id] < TTL["warm"]]
        assert warm <= len(young)

    @rule()
    def reopen(self):
        self.store.close()
        self.store = self.opened()

    @precondition(lambda self: self.held)
    @rule()
    def everything(self):
        found = list(self.store.retrieve_all())
        assert {r["id"]: r for r in found} == self.living()
        assert len(found) == len(self.living())

    @invariant()
    def sound(self):
        assert self.store.verify() == []
        stats = self.store.stats()
        assert stats["warm_tier"]["bytes"] <= 0.001 * 1024 * 1024
        assert stats["hot_tier"]["bytes"] <= 0.003 * 1024 * 1024

    def teardown(self):
        migration.BATCH = self.batch
        self.store.close()
        self.place.cleanup()


TestStore = Store.TestCase
TestStore.settings = settings(max_examples=40, stateful_step_count=30)


@pytest.mark.deep
class TestStoreWidely(Store.TestCase):
    """The same with many more steps, others each time."""

    settings = settings(max_examples=300, stateful_step_count=50, derandomize=False)
