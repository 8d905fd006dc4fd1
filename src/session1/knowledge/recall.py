"""How much of the truth a base finds."""

from collections.abc import Iterable
from statistics import fmean

from numpy.typing import ArrayLike

from session1.knowledge.base import KnowledgeBase
from session1.knowledge.exact_index import SAME


def recall(
    base: KnowledgeBase,
    queries: Iterable[str | ArrayLike],
    k: int = 10,
    ef_search: int | None = None,
) -> float:
    """The part of the true `k` nearest that searches find, 0 to 1, over all queries.

    The truth is a scan of the same vectors. A tie with the last of them is as good.
    """
    shares = []
    for query in queries:
        true = base.rows.search(base.vector(query), k).scores
        found = [hit.score for hit in base.search(query, k, ef_search)]
        enough = sum(score >= true[-1] - SAME for score in found) if len(true) else 0
        shares.append(enough / len(true) if len(true) else 1.0)
    return fmean(shares)
