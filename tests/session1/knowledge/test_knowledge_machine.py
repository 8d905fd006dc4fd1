"""A base against a dict and a plain scan, whatever is done to it."""

import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from session1.filters import matches, parse
from session1.knowledge import KnowledgeBase, planner

pytestmark = pytest.mark.slow

DIMENSION = 4
ids = st.sampled_from([f"d{n}" for n in range(24)])
some_ids = st.lists(ids, unique=True, max_size=12)
vectors = st.integers(0, 10_000).map(
    lambda seed: np.random.default_rng(seed).standard_normal(DIMENSION)
)
strings = st.sampled_from(["a", "b", None])
metadata = st.fixed_dictionaries({}, optional={"n": st.integers(0, 3), "s": strings})
filters = st.one_of(
    st.none(),
    st.builds(lambda n: {"n": n}, st.integers(0, 3)),
    st.builds(lambda n: {"n": {"$gte": n}, "s": {"$ne": "a"}}, st.integers(0, 3)),
    st.builds(
        lambda s: {"$or": [{"s": s}, {"n": 2}]}, st.sampled_from(["a", "b", None])
    ),
)


class Machine(RuleBasedStateMachine):
    """The model is a dict of (text, metadata, unit vector).

    With walks as cheap as here the planner takes one wherever there is a graph.
    """

    index_type = "hnsw"

    def __init__(self):
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.path = Path(self.folder.name) / "kb"
        self.base = KnowledgeBase(DIMENSION, self.index_type, graph_from=3)
        self.model, self.saved = {}, None
        self.cost, planner.WALK = planner.WALK, 0.01

    def teardown(self):
        planner.WALK = self.cost
        self.folder.cleanup()

    @rule(wanted=some_ids, data=st.data())
    def add(self, wanted, data):
        rows = [data.draw(vectors) for _ in wanted]
        given = [data.draw(metadata) for _ in wanted]
        known = self.model.keys() & set(wanted)
        texts = [f"text of {id}" for id in wanted]
        if known:
            with pytest.raises(ValueError, match="there already"):
                self.base.add(wanted, texts, given, rows)
            return
        self.base.add(wanted, texts, given, rows)
        for id, text, one, row in zip(wanted, texts, given, rows, strict=True):
            self.model[id] = (text, one, row / np.linalg.norm(row))

    @rule(
        id=ids,
        text=st.text(max_size=5),
        one=metadata,
        row=vectors,
        vector=st.booleans(),
    )
    def update(self, id, text, one, row, vector):
        if id not in self.model:
            with pytest.raises(KeyError):
                self.base.update([id], [text], [one], [row])
        elif text:
            self.base.update([id], [text], [one], [row])
            self.model[id] = (text, one, row / np.linalg.norm(row))
        else:
            self.base.update([id], metadata=[one])
            self.model[id] = (self.model[id][0], one, self.model[id][2])

    @rule(wanted=some_ids)
    def delete(self, wanted):
        gone = [self.model.pop(id) for id in wanted if id in self.model]
        assert self.base.delete(wanted) == len(gone)

    @rule()
    def save(self):
        self.base.save(self.path)
        self.saved = dict(self.model)

    @rule()
    def load(self):
        if self.saved is not None:
            self.base = KnowledgeBase.load(self.path)
            self.model = dict(self.saved)

    @rule()
    def rebuild(self):
        self.base.rebuild()

    @rule(
        asked=vectors,
        k=st.integers(1, 30),
        filter=filters,
        threshold=st.one_of(st.none(), st.floats(-1, 1)),
        ef=st.one_of(st.none(), st.integers(1, 40)),
    )
    def search(self, asked, k, filter, threshold, ef):
        unit, condition = asked / np.linalg.norm(asked), parse(filter)
        passing = {
            id: float(row @ unit)
            for id, (_, one, row) in self.model.items()
            if matches(condition, one)
        }
        floor = -2 if threshold is None else threshold
        clear = {score for score in passing.values() if abs(score - floor) > 1e-5}
        found = self.base.search(asked, k, ef, threshold, filter)
        for hit in found:
            text, one, _ = self.model[hit.id]
            assert (hit.text, hit.metadata) == (text, one)
            assert hit.score == pytest.approx(passing[hit.id], abs=1e-5)
        if len(clear) < len(passing):
            return  # a score at the threshold itself may fall to either side
        true = sorted((s for s in passing.values() if s >= floor), reverse=True)[:k]
        scores = [hit.score for hit in found]
        if self.base.explain(k, ef, filter).walks:  # it may miss some
            assert scores == sorted(scores, reverse=True)
            assert all(a <= b + 1e-5 for a, b in zip(scores, true, strict=False))
            # too few that pass are no answer, they are sought by a scan
            assert len(scores) == len(true) or threshold is not None
        else:
            assert scores == pytest.approx(true, abs=1e-5)

    @invariant()
    def holds_the_same(self):
        assert len(self.base) == len(self.model)
        assert all(id in self.base for id in self.model)


class Twin(Machine):
    index_type = "exact"


TestHnsw = Machine.TestCase
TestExact = Twin.TestCase
TestHnsw.settings = settings(max_examples=25, stateful_step_count=25)
TestExact.settings = settings(max_examples=15, stateful_step_count=25)


@pytest.mark.deep
class TestHnswWidely(Machine.TestCase):
    """The same with many more steps, others each time."""

    settings = settings(max_examples=200, stateful_step_count=40, derandomize=False)
