"""What an order of entries shows: how it differs from the one asked for, and why."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from coursekit.core.wording import show

Entries = Sequence[Any]


@dataclass(frozen=True)
class AtOnce:
    """A message of a moment that it shares; each read makes the time anew."""

    content: str
    importance_score: float

    @property
    def timestamp(self) -> datetime:
        return datetime(2026, 1, 5, 9, tzinfo=UTC)


def differs(
    found: Any, want: Entries, given: Entries = (), earlier: Sequence[Entries] = ()
) -> dict[str, str]:
    """How `found` differs from the entries in the order `want`, and where to look.

    Empty when it does not. `belief` names the misconception that leads to this order;
    some only show with the entries as they were `given`, or those of `earlier` calls.
    """
    if found is None:
        look = "`.sort()` gives None, `sorted` gives a list; or is a `return` missing?"
        return {"got": "None", "look": look}
    entries = list(found)
    if entries == list(want):
        return {}
    if len(entries) != len(want):
        counted = {"got": f"{len(entries)} entries", "expected": f"{len(want)} entries"}
        look = "each entry once, also when two have the same score"
        if len(entries) < len(want) // 2:
            look = "all of them belong to the order, not only the first"
        return {**counted, "look": look}
    pairs = enumerate(zip(entries, want, strict=True))
    place = next(i for i, (mine, right) in pairs if mine != right)
    if not all(hasattr(entry, "importance_score") for entry in entries):
        return {"got": show(entries), "look": "return the entries themselves"}
    belief, look = _shown(entries, want, given, earlier)
    return {
        "got": f"{_texts(entries[place : place + 3])} at place {place + 1}",
        "expected": _texts(want[place : place + 3]),
        "look": look,
        "belief": belief,
    }


def _texts(entries: Entries) -> str:
    return ", ".join(str(getattr(e, "content", e))[:20] for e in entries)


def _shown(
    entries: Entries, want: Entries, given: Entries, earlier: Sequence[Entries]
) -> tuple[str, str]:
    """The misconception that predicts this very order, and what to look at."""
    times = [entry.timestamp for entry in want]

    def score(
        importance: float, recency: float, ends: Sequence[Any] = ()
    ) -> Callable[[Any], Any]:
        first, last = ends or (min(times), max(times))

        def key(e: Any) -> Any:
            span = last - first
            new = (e.timestamp - first) / span if span else 1.0
            return importance * e.importance_score + recency * new

        return key

    def pair(e: Any) -> Any:
        return e.importance_score, e.timestamp

    def seconds(e: Any) -> Any:
        span = (max(times) - min(times)).seconds
        new = (e.timestamp - min(times)).seconds / span if span else 1.0
        return 0.7 * e.importance_score + 0.3 * new

    def placed(e: Any) -> Any:
        place = sorted(times).index(e.timestamp) / max(1, len(times) - 1)
        return 0.7 * e.importance_score + 0.3 * place

    def ends(entries: Entries) -> tuple[Any, Any]:
        seen = [entry.timestamp for entry in entries]
        return min(seen), max(seen)

    def ordered(key: Callable[[Any], Any], backwards: bool = False) -> bool:
        keys = [key(entry) for entry in entries]
        return keys == sorted(map(key, want), reverse=not backwards)

    right = score(0.7, 0.3)
    if given and list(entries) == list(given):
        return "", "they are as they were given: sort them by `score`, best first"
    if ordered(right):  # so nothing but their ties is wrong
        look = (
            "of equals the first stays first: `sorted` with the score alone as its key"
        )
        return "", f"{look}, `reverse=True` and no `[::-1]`"
    if any(ordered(score(0.7, 0.3, ends(some))) for some in earlier):
        look = (
            "that is by the oldest and newest of an earlier call: find them each time"
        )
        return "one-case-is-enough", look
    if given:
        first, last = given[0].timestamp, given[-1].timestamp
        if ordered(score(0.7, 0.3, (first, last))):
            look = "the first need not be the oldest, nor the last the newest: `min`, …"
            return "bounds-from-the-ends", look
        others = [entry.timestamp for entry in given[1:]] or [first]
        if ordered(score(0.7, 0.3, (min(times), max(others)))):
            return "bounds-from-the-ends", "the first may be the newest, too: no `elif`"
    if ordered(seconds):
        return "", "`.seconds` leaves days out: divide one timedelta by the other"
    for belief, key, backwards, look in [
        ("wrong-end", right, True, "that is worst first: `reverse=True` turns it"),
        (
            "tuple-is-a-blend",
            pair,
            False,
            "as by (importance, time): does recency run from 0 to 1, and count 0.3?",
        ),
        (
            "swapped-weights",
            score(0.3, 0.7),
            False,
            "0.7 is importance's, 0.3 is recency's",
        ),
        ("importance-only", score(1, 0), False, "0.3 * recency belongs to it, too"),
        ("recency-only", score(0, 1), False, "0.7 * importance belongs to it, too"),
        ("", score(1, 0.3), False, "importance counts 0.7 of itself"),
        ("", score(0.7, 1), False, "recency counts 0.3 of itself"),
        (
            "wrong-end",
            score(0.7, -0.3),
            False,
            "the old count for more: recency is `(entry.timestamp - oldest) / …`",
        ),
    ]:
        if ordered(key, backwards):
            return belief, look
    if any(ordered(lambda e, n=n: round(right(e), n)) for n in (1, 2, 3)):
        return "", "the score counts as it is, not rounded"
    if ordered(placed):
        look = "recency is a share of the time from oldest to newest, not of the places"
        return "", look
    return "", "the score is 0.7 * importance_score + 0.3 * recency, best first"


def changed(handed: Entries, given: Entries) -> str:
    """Where to look when the list handed in is no longer as it was `given`."""
    if len(handed) < len(given):
        return (
            "what `.pop` and `.remove` take is gone for the caller, too: copy the list"
        )
    return "`sorted` makes a new list, `.sort()` changes the one it was given"


def reads(count: float, n: int) -> str:
    """Where to look when ordering n entries took so many timestamp reads."""
    if count >= 1.5 * n * n:
        return "`oldest` and `newest` are found for each entry: once, before the sort"
    if count >= n * n / 2:
        return "one of `oldest` and `newest` is still found again for each entry"
    return "what is the same for every entry belongs before the sort"
