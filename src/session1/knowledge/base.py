"""A knowledge base: documents found by the meaning of their text."""

import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from session1 import limits
from session1.filters import parse
from session1.knowledge import persistence
from session1.knowledge.embedders import Embedder, Embeds, default_embedder
from session1.knowledge.exact_index import ExactIndex, Vector
from session1.knowledge.hits import Hit, hits
from session1.knowledge.locks import ReadWriteLock
from session1.knowledge.normalize import (
    Metadata,
    checked_documents,
    distinct,
    strings,
    unit,
    units,
)
from session1.knowledge.planner import Plan
from session1.knowledge.store import Document, IndexType, Settings, Store

BATCH = 256  # documents that a change holds readers up for, without a graph
LINKED = 8  # the same with one, which takes milliseconds for each
ROUNDING = 1e-6  # of a cosine in single precision


class KnowledgeBase:
    """Documents by id, found by meaning and by metadata; any thread may use it.

    With `index_type` "hnsw" a search scans or walks a graph, whichever costs less at
    a recall of `recall_goal`; there is a graph from `graph_from` documents on. With
    "exact" it always scans. `embedder` turns texts into vectors of `vector_dimension`
    numbers; 256 and 384 have one by default, that for 384 after one run of
    `python -m session1.knowledge.minilm`. More `threads` build the graph sooner but not
    the same each time. `m` links a document (16 is usual) and `ef_construction`
    candidates for them make a better graph, later. `subset_mb` may be used to keep what
    filters selected.
    """

    def __init__(
        self,
        vector_dimension: int = 256,
        index_type: IndexType = "hnsw",
        m: int = 16,
        ef_construction: int = 200,
        embedder: Embedder | Embeds | None = None,
        *,
        recall_goal: float = 0.95,
        graph_from: int = 2000,
        threads: int = 1,
        subset_mb: float = 64,
    ) -> None:
        if index_type not in ("hnsw", "exact"):
            raise ValueError(f'index_type is "hnsw" or "exact", not {index_type!r}')
        settings = Settings(
            limits.positive_int("vector_dimension", vector_dimension),
            index_type,
            limits.positive_int("m", m),
            limits.positive_int("ef_construction", ef_construction),
            limits.fraction("recall_goal", recall_goal),
            limits.positive_int("graph_from", graph_from),
            limits.positive_int("threads", threads),
            int(limits.positive("subset_mb", subset_mb) * (1 << 20)),
        )
        self._open(Store(settings), embedder)

    def _open(self, store: Store, embedder: Embedder | Embeds | None) -> None:
        dimension = store.settings.dimension
        if embedder is not None:
            limits.function("embedder", embedder)
            theirs = getattr(embedder, "dimension", dimension)  # a function has none
            if theirs != dimension:
                raise ValueError(
                    f"the embedder gives {theirs} dimensions and the base holds "
                    f"{dimension}: make them the same"
                )
        self._store = store
        self._embedder = embedder
        self._lock = ReadWriteLock()
        self._changing = threading.Lock()  # one change or save at a time

    def __len__(self) -> int:
        return len(self._store.slots)

    def __contains__(self, id: object) -> bool:
        return id in self._store.slots

    @property
    def vector_dimension(self) -> int:
        """Numbers a vector has."""
        return self._store.settings.dimension

    @property
    def rows(self) -> ExactIndex:
        """The vectors by slot: the brute-force twin; not to be changed."""
        return self._store.rows

    @property
    def tuned(self) -> dict[int, int | None] | None:
        """The ef found for some numbers of results; None as long as it only scans."""
        return self._store.tuned

    @property
    def embedder(self) -> Embedder | Embeds:
        """The embedder of the texts; the default one is loaded when first needed."""
        if self._embedder is None:
            self._embedder = default_embedder(self.vector_dimension)
        return self._embedder

    def embed_batch(
        self, documents: Sequence[str], batch_size: int = 32
    ) -> NDArray[np.float32]:
        """A vector of length 1 for each of `documents`, `batch_size` at a time."""
        limits.positive_int("batch_size", batch_size)
        texts = strings("documents", documents)
        empty = next((i for i, text in enumerate(texts) if not text.strip()), None)
        if empty is not None:
            raise ValueError(f"document {empty} is empty: there is nothing to embed")
        found = np.empty((len(texts), self.vector_dimension), np.float32)
        for start in range(0, len(texts), batch_size):
            part = slice(start, start + batch_size)
            rows = units(self.embedder(texts[part]), self.vector_dimension)
            if len(rows) != len(texts[part]):  # one row would do for all of them
                raise ValueError(
                    f"the embedder gave {len(rows)} vectors for {len(texts[part])} "
                    "texts: it has to give one for each"
                )
            found[part] = rows
        return found

    def add(
        self,
        ids: Sequence[str],
        texts: Sequence[str],
        metadata: Sequence[Metadata] | None = None,
        vectors: ArrayLike | None = None,
    ) -> None:
        """Add documents whose ids are new; all of them, or none if one is wrong."""
        documents = checked_documents(ids, texts, metadata)
        rows = self._vectors(texts, vectors)
        with self._changing:
            known = [one.id for one in documents if one.id in self._store.slots]
            if known:
                raise ValueError(f"{known[0]!r} is there already: use update")
            try:
                self._put(documents, rows)
            except BaseException:  # Ctrl-C or no memory half way
                added = [one.id for one in documents if one.id in self._store.slots]
                with self._lock.write():
                    self._store.drop(added)
                raise

    def update(
        self,
        ids: Sequence[str],
        texts: Sequence[str] | None = None,
        metadata: Sequence[Metadata] | None = None,
        vectors: ArrayLike | None = None,
    ) -> None:
        """Replace what is given of documents that are there; all of them, or none.

        New texts are embedded, unless `vectors` are given.
        """
        distinct(ids)
        with self._changing:
            before = [self._known(one) for one in ids]
            documents = checked_documents(
                ids,
                [one.text for one in before] if texts is None else texts,
                [one.metadata for one in before] if metadata is None else metadata,
            )
            if texts is None and vectors is None:
                with self._lock.write():
                    self._store.describe(documents)
            else:
                rows = self._vectors([one.text for one in documents], vectors)
                slots = np.array([self._store.slots[one] for one in ids], np.int64)
                old = self._store.rows.take(slots)
                try:
                    self._put(documents, rows)
                except BaseException:
                    self._put(before, old)
                    raise

    def delete(self, ids: Sequence[str]) -> int:
        """Remove documents; how many of the ids were there."""
        wanted = dict.fromkeys(strings("ids", ids))
        with self._changing:
            there = [one for one in wanted if one in self._store.slots]
            with self._lock.write():
                self._store.drop(there)
            with self._lock:  # beside readers
                self._store.settle()
        return len(there)

    def get(self, id: str) -> Document | None:
        """A document by its id; None if it is not there."""
        with self._lock:
            found = self._store.slots.get(id)
            document = None if found is None else self._store.documents[found]
        return document and document._replace(metadata=document.metadata.copy())

    def search(
        self,
        query: str | ArrayLike,
        top_k: int = 10,
        ef_search: int | None = None,
        threshold: float | None = None,
        filter: Mapping[str, Any] | None = None,
    ) -> list[Hit]:
        """The `top_k` documents nearest to a text or a vector, the nearest first.

        Only those that pass `filter` and whose cosine is at least `threshold`. At 0.7
        the default embedder finds 96 % of the pairs that ask the same (`data.pairs`)
        and 2 % of the unrelated ones, MiniLM 98 % and 4 %; an answer is mostly further
        from its question. Of those as near as each other the ones with just the
        text asked for come first. A walk keeps `ef_search` candidates: by default as
        many as the recall goal takes.
        """
        limits.positive_int("top_k", top_k)
        if ef_search is not None:
            limits.positive_int("ef_search", ef_search)
        floor = -2.0 if threshold is None else limits.number("threshold", threshold)
        if floor != floor:
            raise ValueError("threshold is not a number: give a cosine, or None")
        floor -= ROUNDING
        condition = parse(filter) if filter else None
        vector = self.vector(query)
        with self._lock:
            store = self._store
            plan = store.plan(top_k, ef_search, condition)
            text = query if isinstance(query, str) else None
            near = store.search(vector, top_k, plan, condition, floor, text)
            return hits(near, store.documents, floor)

    def explain(
        self,
        top_k: int = 10,
        ef_search: int | None = None,
        filter: Mapping[str, Any] | None = None,
    ) -> Plan:
        """How `search` would go about it, and what each way would cost."""
        with self._lock:
            condition = parse(filter) if filter else None
            return self._store.plan(top_k, ef_search, condition)

    def tune(self, questions: Sequence[str | ArrayLike]) -> None:
        """Choose ef for questions like these; some 200 are enough to be sure.

        Without, it is chosen for made-up ones, with caution: real ones mostly take
        less. Texts or vectors; kept for later tunings, but not persistence.
        """
        if not len(questions):
            raise ValueError("there are no questions: give some 200 that were asked")
        asked = np.array([self.vector(one) for one in questions])
        with self._changing, self._lock:
            self._store.learn(asked)

    def rebuild(self) -> None:
        """Make the graph anew and tune it; searches go on meanwhile."""
        with self._changing, self._lock:
            if self._store.graph is not None:
                self._store.rebuild()

    def save(self, path: str | Path) -> None:
        """Write the base into the folder `path`: killed half way, the old one stays."""
        with self._changing, self._lock:
            persistence.save(self._store, Path(path))

    @classmethod
    def load(
        cls,
        path: str | Path,
        embedder: Embedder | Embeds | None = None,
        rebuild: bool = False,
    ) -> Self:
        """The base saved in `path`; with `rebuild` a damaged graph is made anew.

        Raises `NothingSaved`, or `Damaged` with the file's name and what to do.
        """
        base = cls.__new__(cls)
        base._open(persistence.load(Path(path), rebuild), embedder)
        return base

    def _put(self, documents: Sequence[Document], rows: Vector) -> None:
        """In small batches, so that no reader waits for long."""
        step = BATCH if self._store.graph is None else LINKED
        for start in range(0, len(documents), step):
            part = slice(start, start + step)
            with self._lock.write():
                self._store.put(documents[part], rows[part])
        with self._lock:  # beside readers
            self._store.settle()

    def _vectors(self, texts: Sequence[str], vectors: ArrayLike | None) -> Vector:
        if vectors is None:
            return self.embed_batch(texts, BATCH)
        rows = units(vectors, self.vector_dimension)
        if len(rows) != len(texts):
            raise ValueError(
                f"{len(texts)} texts and {len(rows)} vectors: give as many"
            )
        return rows

    def vector(self, query: str | ArrayLike) -> Vector:
        """The unit vector that a text or a vector is looked for by."""
        if query is None or isinstance(query, (bytes, int, float)):
            kind = type(query).__name__
            raise TypeError(f"query is a text or a vector of numbers, not a {kind}")
        if not isinstance(query, str):
            return unit(query, self.vector_dimension)
        if not query.strip():
            raise ValueError("the query is empty: there is nothing to look for")
        return unit(self.embedder([query])[0], self.vector_dimension)

    def _known(self, id: str) -> Document:
        slot = self._store.slots.get(id)
        document = None if slot is None else self._store.documents[slot]
        if document is None:
            raise KeyError(f"{id!r} is not there: use add")
        return document
