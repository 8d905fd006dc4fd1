"""Page `vectors`: the nearest of many real sentences, at a recall one can rely on."""

import threading
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import lru_cache, partial
from itertools import cycle
from typing import Any, NamedTuple

import numpy as np

from benchmarks.page import Case, Goal, Row, Run
from benchmarks.peers import vectors as peers
from benchmarks.peers.vectors import Index
from benchmarks.sentences import Sentences, sentences
from session1.knowledge import KnowledgeBase
from session1.knowledge.embedders import default_embedder
from session1.knowledge.exact_index import Vector

TITLE = "Vectors: the 10 nearest of n sentences, wordllama's 256 dimensions"
SIZES = {False: (10_000, 100_000), True: (2_000,)}
K, RECALL = 10, 0.95
LADDER = (10, 15, 20, 30, 40, 50, 60, 75, 100, 125, 150, 200, 250, 300, 400)
TIMED = 40  # questions to a call
PEERS = {
    "hnswlib": peers.hnswlib,
    "usearch": peers.usearch,
    "faiss HNSW": peers.faiss_hnsw,
    "faiss Flat": peers.faiss_flat,
}
SHELVES = 20  # a filter on one of them lets 5 % pass
FILTER = {"shelf": 3}
WAITING, UPDATED = 4_000, 256
LONGEST = f"longest search during an update of {UPDATED}"

GOALS = (
    *(Goal("recall@10", n, "ours", low=RECALL) for n in SIZES[False]),
    *(Goal("recall@10, 5 % filter", n, "ours", low=RECALL) for n in SIZES[False]),
    *(Goal("same ef, text to documents", n, "hnswlib", low=0.95) for n in SIZES[False]),
    Goal("same ef, vector to numbers", 100_000, "hnswlib", low=0.95),
    *(Goal("5 % filter", n, "hnswlib callback", low=50) for n in SIZES[False]),
    Goal("10 nearest, recall ≥ 0.95", 100_000, "ratio_naive", low=10),
    Goal(LONGEST, WAITING, "ours", high=50),
)


class Built(NamedTuple):
    """The sentences, ours and the peers over them, and what building took."""

    data: Sentences
    scores: Vector  # of each question with each sentence
    base: KnowledgeBase
    peers: dict[str, Index]
    missing: dict[str, str]
    seconds: dict[str, float]
    untold: int | None  # the ef of ours before it was told of earlier questions


def cases(quick: bool) -> list[Callable[[], Case | Row]]:
    """All cases of a size one after the other, so that its indexes are built once."""
    rows: list[Callable[[], Case | Row]] = [longest_search]
    parts = (built_row, nearest, recall, bare, by_hand, filtered, filter_recall)
    return rows + [partial(part, n) for n in SIZES[quick] for part in parts]


def longest_search() -> Row:
    """Milliseconds of the longest search while documents of a graph are replaced.

    The naive version has one lock for searches and updates.
    """
    ours, naive = (slowest(lock) for lock in (nullcontext(), threading.Lock()))
    return Row(LONGEST, WAITING, ours, naive, naive / ours, unit="ms")


def slowest(lock: AbstractContextManager[object]) -> float:
    """The longest search of those made during an update; each holds the lock."""
    data = sentences(WAITING)
    base = KnowledgeBase(256)
    base.add([str(number) for number in range(WAITING)], data.held, None, data.vectors)
    questions, longest = cycle(data.questions), 0.0

    def update() -> None:
        ids = [str(number) for number in range(UPDATED)]
        with lock:
            base.update(ids, data.asked[:UPDATED], None, data.questions[:UPDATED])

    updating = threading.Thread(target=update)
    updating.start()
    while updating.is_alive():
        start = time.perf_counter()
        with lock:
            base.search(next(questions), K)
        longest = max(longest, time.perf_counter() - start)
        time.sleep(0.001)
    updating.join()
    return 1e3 * longest


@lru_cache(maxsize=1)
def built(n: int) -> Built:
    """Everything of one size; the size before is let go."""
    data, seconds = sentences(n), dict[str, float]()
    start = time.thread_time()
    base = KnowledgeBase(256, m=peers.M, ef_construction=peers.EF_CONSTRUCTION)
    base.add(
        [str(number) for number in range(n)],
        data.held,
        [{"shelf": shelf(number)} for number in range(n)],
        data.vectors,
    )
    seconds["ours"] = time.thread_time() - start
    untold = base.explain(K).ef or None
    base.tune(list(data.earlier))
    kept, missing = dict[str, Index](), dict[str, str]()
    scores = data.questions @ data.vectors.T
    for name, make in PEERS.items():
        start = time.thread_time()
        peer = make(data.vectors)
        seconds[name] = time.thread_time() - start
        if isinstance(peer, str):
            missing[name] = peer
        else:
            reach(peer, data.questions, scores)
            kept[name] = peer
    return Built(data, scores, base, kept, missing, seconds, untold)


def reach(peer: Index, questions: Vector, scores: Vector) -> float:
    """Set the least ef with the recall asked for; the recall."""
    found = 0.0
    for ef in LADDER if peer.set_ef else (0,):
        if peer.set_ef:
            peer.set_ef(ef)
        found = found_share([peer.search(one, K) for one in questions], scores)
        if found >= RECALL:
            break
    return found


def found_share(found: Sequence[Any], scores: Vector) -> float:
    """Recall of what was found for each question."""
    kth = np.partition(scores, scores.shape[1] - K, axis=1)[:, -K]
    return peers.share_found(found, kth, scores)


def shelf(number: int) -> int:
    """The shelf of a sentence; no two of a shelf have anything else in common."""
    return number * 7919 % SHELVES


def built_row(n: int) -> Row:
    """Seconds to build; ours tunes itself besides."""
    seconds = dict(built(n).seconds)
    mine = seconds.pop("ours")
    kept = {name: s for name, s in seconds.items() if name in built(n).peers}
    ratios = {name: s / mine for name, s in kept.items()}
    return Row("build", n, mine, None, None, kept, ratios, built(n).missing)


def nearest(n: int) -> Case:
    """Seconds a question, every contender at the least ef that reaches the recall.

    Ours was tuned on earlier questions (untold: on none) and returns documents; the
    others were set by these very questions and return numbers.
    """
    all = built(n)
    naive = peers.scan(all.data.vectors)
    runs: dict[str, Run | str] = {
        name: each(all, partial(_ask, peer)) for name, peer in all.peers.items()
    }
    runs["ours, untold"] = each(all, partial(all.base.search, ef_search=all.untold))
    return Case(
        "10 nearest, recall ≥ 0.95",
        n,
        each(all, all.base.search),
        each(all, partial(_ask, naive)),
        runs | all.missing,
    )


def recall(n: int) -> Row:
    """Recall of each at what was just timed."""
    all = built(n)
    theirs = {
        name: found_share([peer.search(q, K) for q in all.data.questions], all.scores)
        for name, peer in all.peers.items()
    }
    found = [labels(all.base, question) for question in all.data.questions]
    untold = [labels(all.base, one, ef=all.untold) for one in all.data.questions]
    theirs["ours, untold"] = found_share(untold, all.scores)
    return Row("recall@10", n, found_share(found, all.scores), peers=theirs, unit="")


def bare(n: int) -> Case:
    """A vector in: ours finds documents, hnswlib numbers, both with our ef."""
    all, raw = built(n), same_ef(n)
    return Case(
        "same ef, vector to numbers",
        n,
        each(all, partial(all.base.search, ef_search=our_ef(n))),
        peers={"hnswlib": each(all, partial(_ask, raw))},
    )


def by_hand(n: int) -> Case:
    """A text in, documents out: what one writes around hnswlib, with our ef."""
    all, raw, embed = built(n), same_ef(n), default_embedder(256)
    ids, texts = [str(i) for i in range(n)], all.data.held
    metadata = [{"shelf": shelf(number)} for number in range(n)]

    def find(text: str) -> list[tuple[str, str, dict[str, int]]]:
        found = raw.search(embed([text])[0], K)
        return [(ids[i], texts[i], dict(metadata[i])) for i in found.tolist()]

    asked = cycle(all.data.asked)
    mine = partial(all.base.search, ef_search=our_ef(n))
    return Case(
        "same ef, text to documents",
        n,
        Run(lambda: [mine(next(asked)) for _ in range(TIMED)], 1 / TIMED),
        peers={
            "hnswlib": Run(lambda: [find(next(asked)) for _ in range(TIMED)], 1 / TIMED)
        },
    )


def filtered(n: int) -> Case:
    """5 % pass: ours, asked before or not, and hnswlib calling back.

    Its ef is a setting of the index: what questions without a filter need, as ours
    chose it. Set for this very filter instead, it gets by with less.
    """
    all = built(n)
    ours = partial(all.base.search, filter=FILTER)
    questions = cycle(all.data.questions)

    def first() -> object:
        all.base.update(["0"], metadata=[{"shelf": shelf(0)}])  # forgets subsets
        return ours(next(questions))

    return Case(
        "5 % filter",
        n,
        each(all, ours),
        peers={
            "hnswlib callback": each(all, calling_back(n, our_ef(n)), 8),
            "callback, ef for it": each(all, calling_back(n, least_ef(n)), 8),
            "ours, after a change": Run(first),
        },
    )


def filter_recall(n: int) -> Row:
    """Recall among the sentences that pass."""
    all, scores = built(n), passing_scores(n)
    ours = [labels(all.base, q, FILTER) for q in all.data.questions]
    theirs = {
        "hnswlib callback": callback_recall(n, our_ef(n)),
        "callback, ef for it": callback_recall(n, least_ef(n)),
    }
    return Row(
        "recall@10, 5 % filter", n, found_share(ours, scores), peers=theirs, unit=""
    )


def passing_scores(n: int) -> Vector:
    """The scores of all questions, of those that do not pass as low as can be."""
    passing = np.array([shelf(number) == FILTER["shelf"] for number in range(n)])
    scores: Vector = np.where(passing, built(n).scores, np.float32(-2))
    return scores


def calling_back(n: int, ef: int) -> Callable[[Vector], Any]:
    """hnswlib's search with a filter in Python and that ef."""
    raw = built(n).peers["hnswlib"]
    held = [{"shelf": shelf(number)} for number in range(n)]
    search, set_ef = raw.filtered, raw.set_ef
    assert search is not None and set_ef is not None

    def find(question: Vector) -> Any:
        set_ef(ef)
        return search(question, K, lambda label: held[label]["shelf"] == 3)

    return find


def callback_recall(n: int, ef: int) -> float:
    """Recall of that among the sentences that pass, on the first questions."""
    find = calling_back(n, ef)
    found = [find(question) for question in built(n).data.questions[:100]]
    return found_share(found, passing_scores(n)[:100])


@lru_cache(maxsize=1)
def least_ef(n: int) -> int:
    """The least ef with which the callback reaches the recall."""
    return next((ef for ef in LADDER if callback_recall(n, ef) >= RECALL), LADDER[-1])


def our_ef(n: int) -> int:
    """The ef that ours has chosen; where it scans, one that would do."""
    return built(n).base.explain(K).ef or 50


def same_ef(n: int) -> Index:
    """hnswlib with the ef of ours."""
    raw = built(n).peers["hnswlib"]
    assert raw.set_ef is not None
    raw.set_ef(our_ef(n))
    return raw


def each(all: Built, search: Callable[[Vector], object], many: int = TIMED) -> Run:
    """A call that looks for `many` questions, going round; timed for one."""
    questions = cycle(all.data.questions)
    return Run(lambda: [search(next(questions)) for _ in range(many)], 1 / many)


def labels(
    base: KnowledgeBase,
    question: Vector,
    filter: dict[str, Any] | None = None,
    ef: int | None = None,
) -> list[int]:
    """The results of ours, as row numbers."""
    return [int(hit.id) for hit in base.search(question, K, ef, filter=filter)]


def _ask(peer: Index, question: Vector) -> Any:
    return peer.search(question, K)
