"""Page `reuse`: which earlier answers are served, how many wrongly, and how fast."""

from collections.abc import Callable, Mapping
from functools import cache, partial
from itertools import cycle

from benchmarks.page import Case, Goal, Row, Run
from benchmarks.peers import answer_reuse as peers
from benchmarks.peers import similar
from benchmarks.similar_messages import corpus
from session1.data.pairs import Pair, pairs
from session1.reuse.answer_cache import AnswerCache
from session1.reuse.gate import judge
from session1.reuse.semantic import SemanticIndex
from session1.reuse.similarity import jaccard, tokens

TITLE = "Reuse: right and wrong answers served again"
PAIRS = len(pairs())
DIFFERENT = sum(not pair.same for pair in pairs())
KEPT = {False: 1_000, True: 100}  # answers in the cache whose hits are timed
QUERIES = 50
GPTCACHE = "GPTCache"
PLAIN = "plain gate"
JUDGES: dict[str, peers.Judge] = {
    PLAIN: peers.plain_gate,
    "our gate, no Jaccard": lambda one, other: judge(one, other).same,
    "wordllama > 0.80": peers.by_embedding(0.80),
    "wordllama > 0.90": peers.by_embedding(0.90),
    "wordllama > 0.95": peers.by_embedding(0.95),
}

GOALS = (
    Goal("wrong hits", DIFFERENT, "ours", high=0),
    Goal("precision", PAIRS, "ours", low=90),
    Goal("right hits", PAIRS, PLAIN, high=1),
    Goal("hit", KEPT[False], GPTCACHE, low=100),
    Goal("hit", KEPT[True], GPTCACHE, low=100),
)


def cases(quick: bool) -> list[Callable[[], Case | Row]]:
    """The labelled pairs that each rule serves, then the time of a hit."""
    rows = (wrong_hits, right_hits, precision)
    return [*(partial(row, quick) for row in rows), partial(hit, KEPT[quick])]


def ours(one: str, other: str) -> bool:
    """Similar by Jaccard and let through by the gate, as the agent does."""
    return jaccard(tokens(one), tokens(other)) > 0.7 and judge(one, other).same


@cache
def served(quick: bool) -> dict[str, list[Pair]]:
    """The pairs that each rule gives one answer, whatever their label."""
    rules = {"ours": ours, "naive": peers.by_words, **JUDGES}
    found = {
        name: [pair for pair in pairs() if rule(pair.first, pair.second)]
        for name, rule in rules.items()
    }
    if quick:
        return found
    find = peers.gptcache([pair.first for pair in pairs()])
    if not isinstance(find, str):
        found[GPTCACHE] = [p for p in pairs() if find(p.second) == p.first]
    return found


def wrong_hits(quick: bool) -> Row:
    """Pairs that ask for different things and get one answer."""
    wrong = {n: sum(not p.same for p in hits) for n, hits in served(quick).items()}
    return counted("wrong hits", DIFFERENT, wrong, "pairs")


def right_hits(quick: bool) -> Row:
    """Pairs that ask the same and get one answer."""
    right = {n: sum(p.same for p in hits) for n, hits in served(quick).items()}
    return counted("right hits", PAIRS, right, "pairs")


def precision(quick: bool) -> Row:
    """Of the pairs that get one answer, how many should."""
    shares = {
        name: 100 * sum(pair.same for pair in hits) / max(len(hits), 1)
        for name, hits in served(quick).items()
    }
    return counted("precision", PAIRS, shares, "%")


def counted(case: str, n: int, figures: Mapping[str, float], unit: str) -> Row:
    """A row of counts, with how many times ours the others are."""
    mine, naive = figures["ours"], figures["naive"]
    others = {k: v for k, v in figures.items() if k not in ("ours", "naive")}
    ratios = {name: value / mine for name, value in others.items() if mine}
    missing = {} if GPTCACHE in figures else {GPTCACHE: "slow, or not installed"}
    ratio = naive / mine if mine else None
    return Row(case, n, mine, naive, ratio, others, ratios, missing, unit=unit)


def hit(n: int) -> Case:
    """A message much like one of `n` kept: finding its answer."""
    kept = [text for text in corpus("natural", 10_000).held if len(text.split()) >= 8]
    kept = kept[:n]
    cache = AnswerCache(max_entries=n)
    vectors = SemanticIndex(threshold=0.8)
    for message in kept:
        cache.store(message, message, 1.0)
        vectors.add(message)
    asked = cycle([f"{message} please" for message in kept[:QUERIES]])
    if cache.find(next(asked)) is None:
        raise AssertionError("a message with a please after it must be a hit")
    whole = peers.gptcache(kept)
    return Case(
        "hit",
        n,
        Run(lambda: cache.find(next(asked))),
        Run(partial(ask, similar.scan(kept), asked)),
        {
            "wordllama and NumPy": Run(lambda: vectors.best(next(asked))),
            GPTCACHE: whole
            if isinstance(whole, str)
            else Run(partial(ask, whole, asked)),
        },
    )


def ask(find: peers.Finder, asked: "cycle[str]") -> str | None:
    """One lookup of the next query."""
    return find(next(asked))
