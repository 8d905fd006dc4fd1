"""Documents with their vectors and all that finds them; the caller does the locking."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import Literal, NamedTuple

import numpy as np

from session1.filters import Condition, Scalar, matches
from session1.knowledge.exact_index import (
    SAME,
    ExactIndex,
    Nearest,
    Slots,
    Vector,
    merged,
)
from session1.knowledge.hnsw_index import HnswIndex, TooFewFound
from session1.knowledge.metadata_index import MetadataIndex, Subsets, Texts
from session1.knowledge.planner import Plan, choose
from session1.knowledge.reach import Reach
from session1.knowledge.tuning import AT, Tuned, ef_for, tune

IndexType = Literal["hnsw", "exact"]
CHUNK = 1024  # vectors put into a new graph at a time
STALE = 0.02  # changed part of all vectors after which no walk is relied on
WORN = 0.25  # changed part of a graph after which another may be better
PLANS = 1000  # kept at most


class Document(NamedTuple):
    """A document as it is stored next to its vector."""

    id: str
    text: str
    metadata: dict[str, Scalar]


@dataclass(frozen=True, slots=True)
class Settings:
    """How a base was set up; saved with it."""

    dimension: int
    index_type: IndexType
    m: int
    ef_construction: int
    recall_goal: float
    graph_from: int  # documents from which on there is a graph
    threads: int
    subset_bytes: int


class Store:
    """The state of a base. Searches may run side by side, changes only alone."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.rows = ExactIndex(settings.dimension)
        self.graph: Reach | None = None
        self.tuned: Tuned | None = None
        self._asked: Vector | None = None  # real questions, if any were given
        self.documents: list[Document | None] = []
        self.slots: dict[str, int] = {}
        self._free: list[int] = []
        self._texts = Texts()
        self._metadata = MetadataIndex()
        self._subsets = Subsets(settings.subset_bytes)
        self._plans: dict[tuple[int, int | None, Condition | None], Plan] = {}
        self.changes = 0  # since the graph was last tuned

    def put(self, documents: Sequence[Document], vectors: Vector) -> None:
        """Add documents, or replace those of the same id."""
        slots = np.array([self._slot(one.id) for one in documents], np.int64)
        self.rows.put(slots, vectors)
        if self.graph is not None:
            self.graph.put(slots, vectors)
        for slot, document in zip(slots.tolist(), documents, strict=True):
            self._enter(slot, document)
        self._changed(len(documents))

    def describe(self, documents: Iterable[Document]) -> None:
        """Replace text and metadata of documents whose vectors stay."""
        for document in documents:
            self._enter(self.slots[document.id], document)
        self._changed(0)

    def drop(self, ids: Sequence[str]) -> None:
        """Remove documents that are there; their slots are used again."""
        slots = np.array([self.slots.pop(one) for one in ids], np.int64)
        self.rows.drop(slots)
        if self.graph is not None:
            self.graph.drop(slots)
        for slot in slots.tolist():
            document = self.documents[slot]
            if document is not None:
                self._leave(slot, document)
            self.documents[slot] = None
            self._free.append(slot)
        self._changed(len(ids))

    def restore(
        self, documents: list[Document | None], rows: Vector, tuned: Tuned | None
    ) -> None:
        """Fill an empty store with what was saved, slot by slot."""
        live = [slot for slot, document in enumerate(documents) if document]
        self.documents = documents
        self._free = [slot for slot, document in enumerate(documents) if not document]
        self.rows.put(np.array(live, np.int64), rows[live])
        for slot in live:
            document = documents[slot]
            if document is not None:
                self.slots[document.id] = slot
                self._texts.add(document.text, slot)
                self._metadata.add(slot, document.metadata)
        self.tuned = tuned

    @property
    def stale(self) -> bool:
        """Whether too much has changed for walks to be relied on as they are tuned."""
        return self.changes > STALE * len(self.rows)

    def settle(self) -> None:
        """Build, tune or probe the graph as is due; searches may go on meanwhile."""
        enough = len(self.rows) >= max(self.settings.graph_from, 1)
        if self.settings.index_type == "exact" or not enough:
            return
        if self.graph is None or self.graph.index.spent:
            self.rebuild()
        elif self.tuned is None or self.stale:
            index, tuned = self.graph.index, self._tune(self.graph.index)
            if None in tuned.values() and index.worn > WORN * len(self.rows):
                self.rebuild()
        else:
            self.graph.probe(self.tuned[AT[0]])
            self._plans = {}

    def learn(self, asked: Vector) -> None:
        """Tune for questions like these, now and from now on."""
        self._asked = asked
        if self.graph is not None:
            self._tune(self.graph.index)

    def rebuild(self) -> None:
        """Make the graph anew from the vectors."""
        settings, live = self.settings, self.rows.live()
        index = HnswIndex(
            settings.dimension,
            settings.m,
            settings.ef_construction,
            settings.threads,
            max(len(live), CHUNK),
        )
        for start in range(0, len(live), CHUNK):
            slots = live[start : start + CHUNK]
            index.put(slots, self.rows.take(slots))
        self._tune(index)

    def plan(self, k: int, ef: int | None, condition: Condition | None) -> Plan:
        """How to find the `k` nearest; kept until something changes."""
        plan = self._plans.get((k, ef, condition))
        if plan is None:
            plan = self._plan(k, ef, condition)
            if len(self._plans) < PLANS:
                self._plans[k, ef, condition] = plan
        return plan

    def search(
        self,
        vector: Vector,
        k: int,
        plan: Plan,
        condition: Condition | None,
        floor: float,
        text: str | None = None,
    ) -> Nearest:
        """Carry out `plan`; nothing below the cosine `floor` need be found.

        Of documents that are as near, those come first whose text is `text`.
        """
        near = self._near(vector, k, plan, condition, floor)
        alike = [] if text is None else self._alike(text, k, condition)
        if not alike:
            return near
        same = self.rows.search(vector, k, np.array(alike, np.int64))
        return merged(near, same, k, SAME)

    def _near(
        self,
        vector: Vector,
        k: int,
        plan: Plan,
        condition: Condition | None,
        floor: float,
    ) -> Nearest:
        if plan.walks and self.graph is not None:
            with suppress(TooFewFound):
                near = self.graph.search(vector, plan.fetch, plan.ef)
                if condition is None:
                    return near
                passing = self._passing(near, k, condition, floor)
                if passing is not None:
                    return passing
        if condition is None:
            return self.rows.search(vector, k)
        subset = self._subsets.known(condition)
        if subset is None or subset.rows is None:
            subset = self._subsets.get(condition, self._metadata, self.rows)
            self._plans = {}  # what is known of it makes another plan
        return subset.search(vector, k, self.rows)

    def _alike(self, text: str, k: int, condition: Condition | None) -> list[int]:
        """Up to `k` documents that pass the filter and have just this text."""
        found = (
            slot
            for slot in self._texts.slots(text)
            if condition is None or self._passes(slot, condition)
        )
        return list(islice(found, k))

    def _passing(
        self, near: Nearest, k: int, condition: Condition, floor: float
    ) -> Nearest | None:
        """The first `k` that pass the filter; None if there may be more of them."""
        passing = []
        for at, slot in enumerate(near.slots.tolist()):
            if self._passes(slot, condition):
                passing.append(at)
                if len(passing) == k:
                    break
        if len(passing) < k and near.scores[-1] >= floor:
            return None
        return Nearest(near.slots[passing], near.scores[passing])

    def _passes(self, slot: int, condition: Condition) -> bool:
        document = self.documents[slot]
        return document is not None and matches(condition, document.metadata)

    def _plan(self, k: int, ef: int | None, condition: Condition | None) -> Plan:
        wanted = None
        if self.graph is not None and ef is not None:
            wanted = partial(max, ef)
        elif self.graph is not None and self.tuned is not None and not self.stale:
            wanted = partial(ef_for, self.tuned)
        strays = 0 if self.graph is None else len(self.graph.strays)
        if condition is None:
            return choose(len(self.rows), k, ef_for=wanted, strays=strays)
        known = self._subsets.known(condition)
        most = self._metadata.most(condition) if known is None else len(known.slots)
        cut_out = known is not None and known.rows is not None
        return choose(len(self.rows), k, most, cut_out, wanted, strays)

    def _tune(self, index: HnswIndex) -> Tuned:
        graph = Reach(self.rows, index)
        tuned = tune(self.rows, graph, self.settings.recall_goal, self._asked)
        self.graph, self.tuned = graph, tuned
        self.changes = 0
        self._plans = {}
        return tuned

    def _slot(self, id: str) -> int:
        """The slot of a document, a free one if it is new."""
        if id not in self.slots:
            if not self._free:
                self._free.append(len(self.documents))
                self.documents.append(None)
            self.slots[id] = self._free.pop()
        return self.slots[id]

    def _enter(self, slot: int, document: Document) -> None:
        before = self.documents[slot]
        if before is not None:
            self._leave(slot, before)
        self.documents[slot] = document
        self._texts.add(document.text, slot)
        self._metadata.add(slot, document.metadata)

    def _leave(self, slot: int, document: Document) -> None:
        self._texts.discard(document.text, slot)
        self._metadata.discard(slot, document.metadata)

    def _changed(self, vectors: int) -> None:
        self.changes += vectors
        self._subsets.clear()
        self._plans = {}


def unused(documents: Sequence[Document | None]) -> Slots:
    """The slots without a document."""
    return np.array([i for i, one in enumerate(documents) if one is None], np.int64)
