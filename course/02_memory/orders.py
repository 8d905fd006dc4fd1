"""What an order of entries shows: how it differs from the one asked for, and why."""

from collections.abc import Callable, Sequence
from typing import Any

Entries = Sequence[Any]


def differs(found: Any, want: Entries) -> dict[str, str]:
    """How `found` differs from the entries in the order `want`, and where to look.

    Empty when it does not. `belief` names the misconception that leads to this order.
    """
    if found is None:
        look = "`.sort()` gives None, `sorted` gives a list; or is a `return` missing?"
        return {"got": "None", "look": look}
    entries = list(found)
    if entries == list(want):
        return {}
    if len(entries) != len(want):
        counted = {"got": f"{len(entries)} entries", "expected": f"{len(want)} entries"}
        return {**counted, "look": "each entry once, also when two have the same score"}
    pairs = enumerate(zip(entries, want, strict=True))
    place = next(i for i, (mine, right) in pairs if mine != right)
    belief, look = _shown(entries, want)
    return {
        "got": f"{_texts(entries[place : place + 3])} at place {place + 1}",
        "expected": _texts(want[place : place + 3]),
        "look": look,
        "belief": belief,
    }


def _texts(entries: Entries) -> str:
    return ", ".join(str(getattr(e, "content", e))[:20] for e in entries)


def _shown(entries: Entries, want: Entries) -> tuple[str, str]:
    """The misconception that predicts this very order, and what to look at."""
    first = min(e.timestamp for e in want)
    span = max(e.timestamp for e in want) - first

    def score(importance: float, recency: float) -> Callable[[Any], Any]:
        def key(e: Any) -> Any:
            new = (e.timestamp - first) / span if span else 1.0
            return importance * e.importance_score + recency * new

        return key

    def pair(e: Any) -> Any:
        return e.importance_score, e.timestamp

    def by(key: Callable[[Any], Any], backwards: bool = False) -> list[float]:
        return sorted(map(key, want), reverse=not backwards)

    def keys(key: Callable[[Any], Any]) -> list[Any]:
        return [key(e) for e in entries]

    known = all(hasattr(e, "importance_score") for e in entries)
    right, swapped = score(0.7, 0.3), score(0.3, 0.7)
    for belief, key, backwards, look in [
        ("wrong-end", right, True, "that is worst first: `reverse=True` turns it"),
        ("", right, False, "of equals the first stays first: no `[::-1]` at the end"),
        (
            "tuple-is-a-blend",
            pair,
            False,
            "that is by (importance, time), not by score",
        ),
        ("swapped-weights", swapped, False, "0.7 is importance's, 0.3 is recency's"),
        ("importance-only", score(1, 0), False, "0.3 * recency belongs to it, too"),
        ("recency-only", score(0, 1), False, "0.7 * importance belongs to it, too"),
    ]:
        if known and keys(key) == by(key, backwards):
            return belief, look
    return "", "the score is 0.7 * importance_score + 0.3 * recency, best first"
