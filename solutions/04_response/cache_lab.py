"""The cache lab: what a cache serves rightly, wrongly and not at all."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from coursekit.check.error_messages import fault
from coursekit.core import style
from coursekit.learn.lab import Choice, Lab, slider
from session1.data.pairs import Pair, further_pairs, pairs
from session1.questions import day, known
from session1.replay import sample_talks
from session1.reuse.gate import Sense, judge, sense
from session1.reuse.index import JaccardIndex
from session1.reuse.similarity import best_by_scan, tokens

# what the reference's gate compares, in its order; the first k are "k guards"
GUARDS = (
    "negation",
    "number",
    "statement or question",
    "question word",
    "name",
    "word order",
    "content word",
    "sign",
    "mentioned word",
)
Finder = Callable[[str, list[str]], str | None]
FINDERS = ("exact", "words", "embeddings")
THRESHOLDS = [round(0.30 + 0.05 * i, 2) for i in range(14)]


@dataclass(frozen=True, slots=True)
class Served:
    """What a cache makes of the labelled pairs; `judged` is candidates a message."""

    right: int
    wrong: int
    missed: int
    judged: float
    by_kind: dict[str, int]


def served(
    threshold: float, guards: int = 0, finder: int = 1, *, later: bool = False
) -> Served:
    """Each pair's first message is kept, its second one asked: who is served?

    The pairs are those that the first seven guards were made with, or the `later` ones.
    """
    alike, among = _similarities(FINDERS[finder], later)
    stopped = _stopped_by(later)
    right, missed = 0, 0
    wrong: dict[str, int] = {}
    for pair, x, level in zip(_pairs(later), alike, stopped, strict=True):
        hit = x > threshold and level >= guards
        right += hit and pair.same
        missed += pair.same and not hit
        if hit and not pair.same:
            wrong[pair.kind] = wrong.get(pair.kind, 0) + 1
    above = len(among) - int(np.searchsorted(among, threshold, side="right"))
    return Served(right, sum(wrong.values()), missed, above / len(alike), wrong)


def _pairs(later: bool) -> list[Pair]:
    return further_pairs() if later else pairs()


@cache
def _stopped_by(later: bool) -> list[int]:
    """For each pair how many guards let it pass: all of them, or up to a difference."""
    verdicts = [judge(pair.first, pair.second) for pair in _pairs(later)]
    return [len(GUARDS) if v.same else GUARDS.index(v.reason) for v in verdicts]


@cache
def _similarities(finder: str, later: bool = False) -> tuple[list[float], Any]:
    """Of each pair, and of every second message with every first, sorted."""
    firsts = [pair.first for pair in _pairs(later)]
    seconds = [pair.second for pair in _pairs(later)]
    if finder == "exact":
        table = np.array([[float(a == b) for b in firsts] for a in seconds])
    elif finder == "words":
        table = _jaccards(seconds, firsts)
    else:
        table = np.round(_units(seconds) @ _units(firsts).T, 3)
    return [float(x) for x in np.diag(table)], np.sort(table, axis=None)


def _jaccards(seconds: list[str], firsts: list[str]) -> Any:
    every = sorted({token for text in seconds + firsts for token in tokens(text)})
    column = {token: i for i, token in enumerate(every)}

    def rows(texts: list[str]) -> Any:
        made = np.zeros((len(texts), len(every)))
        for i, text in enumerate(texts):
            made[i, [column[token] for token in tokens(text)]] = 1
        return made

    a, b = rows(seconds), rows(firsts)
    shared = a @ b.T
    return shared / (a.sum(axis=1)[:, None] + b.sum(axis=1)[None, :] - shared)


def _units(texts: list[str]) -> Any:
    from session1.reuse.semantic import wordllama

    vectors = np.array([wordllama()(text) for text in texts], dtype=np.float64)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def most_alike(kind: str, count: int) -> list[tuple[float, Pair]]:
    """The `count` pairs of a kind that share most words but need another answer."""
    alike, _ = _similarities("words")
    found = [
        (x, pair)
        for x, pair in zip(alike, pairs(), strict=True)
        if pair.kind == kind and not pair.same and x < 1
    ]
    return sorted(found, key=lambda hit: -hit[0])[:count]


def show_hard_pairs(threshold: float = 0.7) -> float:
    """Print what similarity alone makes of the labelled pairs; return % wrong."""
    naive = served(threshold)
    same = sum(pair.same for pair in pairs())
    print(f"{len(pairs())} pairs, {same} of them may share an answer")
    print(f"served rightly {naive.right}, served wrongly {naive.wrong}")
    print("The three most alike pairs whose answers differ:")
    for kind in ("negation", "number", "entity"):
        for alike, pair in most_alike(kind, 1):
            print(f"{alike:.2f}  {pair.first}\n      {pair.second}")
    return 100 * naive.wrong / (naive.right + naive.wrong)


def compare_on_pairs(finders: Mapping[str, Finder], *, later: bool = False) -> None:
    """Print how many labelled pairs each finder serves rightly and wrongly."""
    asked = _pairs(later)
    for name, find in finders.items():
        try:
            hits = [find(p.second, [p.first]) is not None for p in asked]
        except Exception as error:  # an exercise that is not solved yet
            print(f"{name}: nothing to show yet: {fault(error, {}).text()}")
            continue
        right = sum(h and p.same for h, p in zip(hits, asked, strict=True))
        print(f"{name}: {right} right, {sum(hits) - right} wrong")


def reference_finder(message: str, kept: list[str]) -> str | None:
    """The reference's choice: the most similar message that the nine guards pass."""
    safe = [(other, tokens(other)) for other in kept if judge(message, other).same]
    found = best_by_scan(safe, tokens(message))
    return found[0].key if found else None


def show_ordinary_day(find: Finder) -> None:
    """Print how many of a day's questions a cache serves, and how many wrongly."""
    asked, kept = day(400, 250, every_s=0.6), dict[str, str]()
    hits = wrong = 0
    for one in asked:
        message, fitting = one.message, known()[one.question]
        found = message if message in kept else find(message, list(kept))
        if found is None:
            kept[message] = min(fitting)
        else:
            hits += 1
            wrong += kept[found] not in fitting
    print(f"{len(asked)} questions of a day: {hits} served, {wrong} of them wrongly")


# where two messages agree, guard by guard, and an example of what differs
Agree = Callable[[Sense, Sense], bool]
ALONE: dict[str, tuple[str, Agree]] = {
    "negation": ("can, can't", lambda a, b: a.negations == b.negations),
    "number": ("18, 21", lambda a, b: (a.numbers, a.units) == (b.numbers, b.units)),
    "statement or question": ("it is, is it?", lambda a, b: a.told == b.told),
    "question word": ("when, where", lambda a, b: a.asks == b.asks),
    "name": ("Java, Kotlin", lambda a, b: _names(a, b) == _names(b, a)),
    "word order": ("dog bites man", lambda a, b: not _only_order_differs(a, b)),
    "content word": ("rent, buy", lambda a, b: set(a.content) == set(b.content)),
    "sign": ("100!, 100", lambda a, b: True),
    "mentioned word": ("say please, say hi", lambda a, b: True),
}


def _names(a: Sense, b: Sense) -> tuple[object, ...]:
    return a.capitals, (a.names | b.names) & a.words


def _only_order_differs(a: Sense, b: Sense) -> bool:
    return a.content != b.content and sorted(a.content) == sorted(b.content)


def passes(guard: str, one: str, other: str) -> bool:
    """Whether one guard alone lets a kept message be served."""
    reason = judge(one, other).reason  # the first difference
    if reason in (guard, "same") or guard in GUARDS[-2:]:
        return reason != guard
    return ALONE[guard][1](sense(one), sense(other))


def show_guards(threshold: float = 0.7) -> None:
    """Print for each guard alone which wrong answers it stops, and which right ones."""
    every = [pair for later in (False, True) for pair in _similar(threshold, later)]
    by = {
        guard: {p for p in every if not passes(guard, p.first, p.second)}
        for guard in GUARDS
    }
    wrong = {pair for pair in every if not pair.same}
    head = f"of {len(wrong)} wrong, {len(every) - len(wrong)} right answers"
    print(f"{head:45} {'stops':>5} {'no other does':>14} {'right lost':>11}")
    for number, guard in enumerate(GUARDS, start=1):
        others = set().union(*(by[other] for other in GUARDS if other != guard))
        bad, label = by[guard] & wrong, f"{number} {guard} ({ALONE[guard][0]})"
        lost = len(by[guard] - wrong)
        print(f"{label:45} {len(bad):5} {len(bad - others):14} {lost:11}")


def _similar(threshold: float, later: bool) -> list[Pair]:
    alike, _ = _similarities("words", later)
    return [p for p, x in zip(_pairs(later), alike, strict=True) if x > threshold]


def show_guard(name: str) -> None:
    """Print a pair that only this guard stops, and the wrong answers without and with.

    The pairs are the later ones of this kind.
    """
    kind = [pair for pair in further_pairs() if pair.kind == name and not pair.same]
    print(f"kept:  {kind[0].first}\nasked: {kind[0].second}")
    level = GUARDS.index(name)
    for guards in (level, level + 1):
        wrong = served(0.7, guards, later=True).by_kind.get(name, 0)
        print(f"{guards} guards: {wrong} of {len(kind)} such wrong answers are served")


def cache_lab(*, finder: str | int = "words", **settings: float) -> Lab:
    """The lab: threshold, guards and finder of a cache, on the labelled pairs.

    The finder is exact, words or embeddings; ValueError for any other.
    """
    if finder not in (*FINDERS, *range(len(FINDERS))):
        raise ValueError(f"finder takes {', '.join(FINDERS)}: not {finder!r}")
    number = FINDERS.index(finder) if isinstance(finder, str) else finder
    controls = {
        "threshold": slider("threshold", 0.3, 0.95, 0.05, 0.7),
        "guards": slider("guards", 0, len(GUARDS), 1, 0),
        "finder": Choice("finder", FINDERS, 1),
    }
    title = "Cache lab: right answers, wrong answers, none"
    lab = Lab(title, controls, draw_cache, tell_cache, run_cache)
    return lab.set(finder=number, **settings)


def run_cache(threshold: float, guards: int, finder: int) -> dict[str, Any]:
    """The counts at this threshold, and along all thresholds."""
    return {
        "threshold": threshold,
        "guards": guards,
        "finder": FINDERS[finder],
        "here": served(threshold, guards, finder),
        "along": [served(t, guards, finder) for t in THRESHOLDS],
    }


def draw_cache(figure: Figure, found: dict[str, Any]) -> None:
    """Right, wrong and missed over the threshold."""
    axes = figure.subplots()
    lines = [
        ("right", style.BLUE, "o", "-"),
        ("wrong", style.VERMILLION, "X", "--"),
        ("missed", style.GREY, None, ":"),
    ]
    floor = 0
    for name, colour, marker, line in sorted(
        lines, key=lambda line: int(getattr(found["along"][-1], line[0]))
    ):
        counts = [getattr(s, name) for s in found["along"]]
        axes.plot(THRESHOLDS, counts, color=colour, marker=marker, linestyle=line)
        here = getattr(found["here"], name)
        axes.plot([found["threshold"]], [here], "o", color=colour, markersize=11)
        above = max(counts[-1], floor)  # labels at the right end do not overlap
        axes.text(0.965, above, name, color=colour, va="center")
        floor = above + 16
    axes.axvline(found["threshold"], color=style.BLACK, linewidth=1)
    guarded = f"{found['guards']} guards" if found["guards"] else "no guard"
    axes.set(
        title=f"{found['finder']}, {guarded}",
        xlabel="similarity a kept message has to exceed",
        ylabel="pairs",
        xlim=(0.28, 1.05),
        ylim=(-8, 290),
    )
    figure.subplots_adjust(left=0.09, right=0.98, top=0.9, bottom=0.13)


def tell_cache(found: dict[str, Any]) -> str:
    """The counts in words, and what the guards compare."""
    here: Served = found["here"]
    hits = here.right + here.wrong
    share = f"{100 * here.wrong / hits:.0f} % of what it serves" if hits else "none"
    kinds = ", ".join(f"{k} {n}" for k, n in sorted(here.by_kind.items()))
    compared = ", ".join(GUARDS[: found["guards"]]) or "nothing"
    return (
        f"Of {here.right + here.missed} pairs that may share an answer, "
        f"{here.right} are served and {here.missed} missed.\n"
        f"{here.wrong} wrong answers are served ({share})"
        f"{': ' + kinds if kinds else ''}.\n"
        f"Guards compare: {compared}. "
        f"{here.judged:.2f} candidates judged for one message."
    )


def lookups(reference: bool) -> Callable[[int], object]:
    """`f(n)`: 50 messages sought among n by the reference's index, or by a scan."""

    def by_index(n: int) -> object:
        return [_indexed(n).best(asked) for asked in _messages()[-50:]]

    def by_scan(n: int) -> object:
        entries = list(_indexed(n).items())
        return [best_by_scan(entries, asked) for asked in _messages()[-50:]]

    return by_index if reference else by_scan


@cache
def _messages() -> list[frozenset[str]]:
    return [tokens(remark.text) for talk in sample_talks() for remark in talk]


@cache
def _indexed(n: int) -> JaccardIndex:
    index = JaccardIndex()
    for number, held in enumerate(_messages()[:n]):
        index.add(str(number), held)
    return index
