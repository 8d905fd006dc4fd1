"""Vector search of other libraries, each set up alike: m 16, ef_construction 200.

A maker returns an `Index`, or the reason why there is none. All use one thread.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

import numpy as np

from session1.knowledge.exact_index import Vector

M, EF_CONSTRUCTION = 16, 200
Labels = Any  # an array of row numbers, the nearest first
Passes = Callable[[int], bool]


@dataclass(frozen=True, slots=True)
class Index:
    """`search(vector, k)`, `set_ef` (None: exact), and a search with a filter."""

    search: Callable[[Vector, int], Labels]
    set_ef: Callable[[int], None] | None = None
    filtered: Callable[[Vector, int, Passes], Labels] | None = None


Peer = Index | str


def scan(vectors: Vector) -> Index:
    """As most people write it: every product, all of them sorted."""
    return Index(lambda vector, k: np.argsort(-(vectors @ vector))[:k])


def hnswlib(vectors: Vector) -> Peer:
    """The library that ours is built on."""
    import hnswlib as library

    graph = library.Index("ip", vectors.shape[1])
    graph.init_index(len(vectors), M, EF_CONSTRUCTION)
    graph.add_items(vectors, np.arange(len(vectors)), num_threads=1)

    def search(vector: Vector, k: int) -> Labels:
        return graph.knn_query(vector, k, 1)[0][0]

    def filtered(vector: Vector, k: int, passes: Passes) -> Labels:
        return graph.knn_query(vector, k, 1, passes)[0][0]

    return Index(search, graph.set_ef, filtered)


def usearch(vectors: Vector) -> Peer:
    """usearch: HNSW with SIMD kernels of its own."""
    if not find_spec("usearch"):
        return "not installed: pip install usearch"
    from usearch.index import Index as Library

    graph: Any = Library(
        ndim=vectors.shape[1],
        metric="ip",
        dtype="f32",
        connectivity=M,
        expansion_add=EF_CONSTRUCTION,
    )
    graph.add(np.arange(len(vectors)), vectors, threads=1)

    def set_ef(ef: int) -> None:
        graph.expansion_search = ef

    return Index(lambda vector, k: graph.search(vector, k, threads=1).keys, set_ef)


def faiss_hnsw(vectors: Vector) -> Peer:
    """faiss: HNSW over vectors as they are."""
    if not find_spec("faiss"):
        return "not installed: pip install faiss-cpu"
    import faiss

    faiss.omp_set_num_threads(1)
    graph = faiss.IndexHNSWFlat(vectors.shape[1], M, faiss.METRIC_INNER_PRODUCT)
    graph.hnsw.efConstruction = EF_CONSTRUCTION
    graph.add(vectors)

    def set_ef(ef: int) -> None:
        graph.hnsw.efSearch = ef

    return Index(lambda vector, k: graph.search(vector[None], k)[1][0], set_ef)


def faiss_flat(vectors: Vector) -> Peer:
    """faiss: an exact scan."""
    if not find_spec("faiss"):
        return "not installed: pip install faiss-cpu"
    import faiss

    faiss.omp_set_num_threads(1)
    rows = faiss.IndexFlatIP(vectors.shape[1])
    rows.add(vectors)
    return Index(lambda vector, k: rows.search(vector[None], k)[1][0])


def share_found(found: Sequence[Labels], true: Vector, scores: Vector) -> float:
    """Recall: the part of the labels found whose score reaches the last true one's."""
    enough = [
        int((scores[i, labels] >= true[i] - 1e-5).sum())
        for i, labels in enumerate(found)
    ]
    return sum(enough) / (len(found) * len(found[0]))
