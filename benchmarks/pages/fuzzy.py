"""Page `fuzzy`: find the most similar of many messages, exactly, without a scan."""

import random
import time
from collections.abc import Callable
from functools import lru_cache, partial
from statistics import median

from benchmarks.page import Case, Goal, Row
from benchmarks.peers import similar
from benchmarks.peers.similar import Lookup, word_set
from benchmarks.runner import spread_of
from benchmarks.similar_messages import KINDS, corpus
from session1.monitoring.histogram import nearest_rank
from session1.reuse.index import JaccardIndex
from session1.reuse.similarity import best_by_scan

TITLE = "Fuzzy lookup: the most similar of n messages, Jaccard > 0.7"
SIZES = {False: (1_000, 10_000, 100_000), True: (1_000, 10_000)}
BIG = 100_000
REPEATS = 3  # each query is timed so often; the fastest counts
PATIENCE_S = {False: 4.0, True: 0.4}  # CPU seconds for the queries of a contender
OPERATIONS = 20_000
PEERS = {
    "scan, sets kept": similar.scan_of_sets,
    "datasketch": similar.datasketch,
    "SetSimilaritySearch": similar.set_similarity_search,
    "rapidfuzz": similar.rapidfuzz,
}

GOALS = (
    Goal("natural, median", BIG, "ratio_naive", low=10_000),
    *(Goal("natural, median", BIG, peer, low=5) for peer in PEERS),
    Goal("template, median", BIG, "ratio_naive", low=2_000),
    Goal("200 words, median", BIG, "ratio_naive", low=2_000),
    *(Goal(f"{kind}, p99", BIG, "ratio_naive", low=500) for kind in KINDS),
    *(Goal(f"{kind}, recall", BIG, "ours", low=1, high=1) for kind in KINDS),
    Goal("differences from the scan", OPERATIONS, "ours", high=0),
)


def cases(quick: bool) -> list[Callable[[], Case | Row]]:
    """Each kind of message at each size, then random operations."""
    found: list[Callable[[], Case | Row]] = [
        partial(part, kind, n, PATIENCE_S[quick])
        for kind in KINDS
        for n in SIZES[quick]
        for part in (middle, tail, recall)
    ]
    return [*found, random_operations]


def middle(kind: str, n: int, patience: float) -> Row:
    """The median lookup; the naive figure is the median scan."""
    times, missing = measured(kind, n, patience)
    return row(f"{kind}, median", n, times, median(times["ours"]), missing)


def tail(kind: str, n: int, patience: float) -> Row:
    """The 99th percentile of our lookups against the median scan."""
    times, _ = measured(kind, n, patience)
    ordered = sorted(times["ours"])
    p99 = ordered[nearest_rank(99, len(ordered)) - 1]
    scans = {"ours": times["ours"], "naive": times["naive"]}
    return row(f"{kind}, p99", n, scans, p99, {})


def recall(kind: str, n: int, patience: float) -> Row:
    """The part of the scan's finds that is found, the very same message by ours."""
    held, queries = corpus(kind, n)
    sample = queries[: max(20, min(len(queries), int(patience * 500_000) // n))]
    truth = similar.scan_of_sets(held)
    expected = [truth(query) for query in sample]
    right = [
        ours(kind, n)(query) == want
        for query, want in zip(sample, expected, strict=True)
    ]
    kept, _ = contenders(kind, n)
    hits = [
        (q, want) for q, want in zip(sample, expected, strict=True) if want is not None
    ]
    peers = {
        name: sum(alike(find(q), q) for q, _ in hits) / len(hits)
        for name, find in kept.items()
        if name in ("datasketch", "SetSimilaritySearch")
    }
    return Row(f"{kind}, recall", n, sum(right) / len(right), peers=peers, unit="")


def random_operations() -> Row:
    """Additions, removals and questions at random; answers that differ from a scan."""
    rng, differences = random.Random(7), 0
    index, held = JaccardIndex(bitmap_from=16), dict[str, frozenset[str]]()
    for step in range(OPERATIONS):
        words = frozenset(f"w{rng.randrange(40)}" for _ in range(rng.randint(0, 9)))
        chance = rng.random()
        if chance < 0.4 or not held:
            held.pop(key := f"k{rng.randrange(300)}", None)
            held[key] = words
            index.add(key, words)
        elif chance < 0.7:
            gone = rng.choice(list(held))
            del held[gone]
            index.remove(gone)
        else:
            asked = words if step % 2 else rng.choice(list(held.values())) - words
            differences += index.best(asked) != best_by_scan(held.items(), asked)
    return Row("differences from the scan", OPERATIONS, differences, unit="")


def ours(kind: str, n: int) -> Lookup:
    """Our index filled with the messages."""
    return filled(kind, n)[0]


@lru_cache(maxsize=1)
def filled(kind: str, n: int) -> tuple[Lookup, JaccardIndex]:
    """Our index and the call that asks it."""
    index = JaccardIndex()
    for message in corpus(kind, n).held:
        index.add(message, word_set(message))

    def find(message: str) -> str | None:
        found = index.best(word_set(message))
        return found[0].key if found else None

    return find, index


@lru_cache(maxsize=1)
def contenders(kind: str, n: int) -> tuple[dict[str, Lookup], dict[str, str]]:
    """The peers that can be asked, and why the others cannot."""
    kept, missing = dict[str, Lookup](), dict[str, str]()
    for name, make in PEERS.items():
        peer = make(corpus(kind, n).held)
        if isinstance(peer, str):
            missing[name] = peer
        else:
            kept[name] = peer
    return kept, missing


@lru_cache(maxsize=1)
def measured(
    kind: str, n: int, patience: float
) -> tuple[dict[str, list[float]], dict[str, str]]:
    """CPU seconds of each contender's queries, taken in turns."""
    held, queries = corpus(kind, n)
    peers, missing = contenders(kind, n)
    asked: dict[str, Lookup] = {
        "ours": ours(kind, n),
        "naive": similar.scan(held),
        **peers,
    }
    times: dict[str, list[float]] = {name: [] for name in asked}
    for find in (asked["ours"], *peers.values()):
        find(queries[0])  # whatever is built at the first question
    for query in queries:
        for name, find in asked.items():
            if sum(times[name]) < patience:
                times[name].append(fastest(find, query, name == "ours"))
    return times, missing


def fastest(find: Lookup, query: str, repeat: bool) -> float:
    """CPU seconds of one lookup, the fastest of a few where it is short."""
    best = float("inf")
    for _ in range(REPEATS if repeat else 1):
        start = time.thread_time()
        find(query)
        best = min(best, time.thread_time() - start)
    return best


def alike(found: str | None, query: str) -> bool:
    """Whether something above the threshold was found."""
    if found is None:
        return False
    return similar.jaccard(word_set(found), word_set(query)) > similar.THRESHOLD


def row(
    case: str,
    n: int,
    times: dict[str, list[float]],
    mine: float,
    missing: dict[str, str],
) -> Row:
    """A row of median seconds with ratios to `mine`; quartiles are of the queries."""
    middles = {name: median(taken) for name, taken in times.items()}
    naive, _ = middles.pop("naive"), middles.pop("ours")
    spread = {
        f"ratio {name}": spread_of([seconds / mine for seconds in taken])
        for name, taken in times.items()
        if name != "ours"
    }
    ratios = {name: value / mine for name, value in middles.items()}
    return Row(case, n, mine, naive, naive / mine, middles, ratios, missing, spread)
