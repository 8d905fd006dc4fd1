"""A short day that a learner writes, played to compositions with a fault."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import firsts
from day import SHOWN, Arrival, Trace, build
from reference_agent import Reference
from world import needs

from coursekit.core.plain_data import is_plain, native, number

MOST = 60  # messages
FAULTS = {
    "serves the nearest question's answer": firsts.Ungated,
    "tells one user what is another's": firsts.Public,
    "keeps what a tool said for ten minutes": firsts.Stale,
    "keeps a stand-in as an answer": firsts.Apologetic,
    "lets a long log push a name out": firsts.Forgetful,
}
LOOKS = {
    "serves the nearest question's answer": "two questions that share nearly all "
    "their words and mean the opposite, one after the other",
    "tells one user what is another's": "two users with different names, and each "
    "asks for theirs",
    "keeps what a tool said for ten minutes": "ask for an order, and again when it "
    "has gone on: a minute or two later",
    "keeps a stand-in as an answer": "a hard question while the large model hangs, "
    "and the same again when it is back",
    "lets a long log push a name out": "a name, then something long, then the "
    "question for the name, all by one user",
}


def trace_of(rows: Any, seed: int = SHOWN) -> Trace:
    """The trace of (at, user, text) rows; ValueError for what cannot be played."""
    if not is_plain(rows) or not isinstance(native(rows), Sequence):
        raise ValueError("short_day is a list of (at, user, text)")
    rows, base = list(native(rows)), build(seed)
    if not 0 < len(rows) <= MOST:
        raise ValueError(f"short_day has 1 to {MOST} messages, not {len(rows)}")
    made = [_arrival(row, base) for row in rows]
    facts: dict[tuple[str, str], str] = {}
    arrivals = []
    for one in sorted(made, key=lambda one: one.at):
        words = one.text.rstrip(".?").split()
        if one.kind == "tell":
            facts[one.user, words[1]] = words[-1]
        if one.kind == "recall":
            value = facts.get((one.user, words[-1]), "nobody knows")
            one = replace(one, right=(f"Your {words[-1]} is {value}.",))
        arrivals.append(one)
    calm = frozenset[int]()
    return replace(base, arrivals=tuple(arrivals), failing=calm, slow=calm)


def _arrival(row: Any, base: Trace) -> Arrival:
    if not isinstance(row, Sequence) or isinstance(row, str) or len(row) != 3:
        raise ValueError(f"a message is (at, user, text), not {str(row)[:60]}")
    at, user, text = number(row[0]), row[1], row[2]
    if at is None or not 0 <= at <= 240:
        raise ValueError(f"at is a number of seconds from 0 to 240, not {row[0]!r}")
    if not isinstance(user, str) or not isinstance(text, str) or len(text) > 2000:
        raise ValueError("user and text are short texts")
    kind, right = _kind(text, base)
    return Arrival(at, user, text, kind, right)


def _kind(text: str, base: Trace) -> tuple[str, tuple[str, ...]]:
    words = text.rstrip(".?").split()
    if text in base.known:
        return "hard" if text in base.hard else "plain", (base.known[text],)
    if text.startswith("Here is my log: "):
        return "log", ("I read your log.",)
    if text in ("What is my name?", "What is my city?"):
        return "recall", ()
    told = len(words) == 4 and words[:3] in (["My", w, "is"] for w in ("name", "city"))
    if told and text.endswith(".") and words[3].isalpha():
        return "tell", (f"Noted: {words[3]}.",)
    if text in {f"Where is order {order}?" for order in base.states}:
        return "order", ()
    if (needs(text) or [""])[0] == "ticket":
        return "ticket", ()
    raise ValueError(f"nobody at this desk asks {text[:60]!r}: see messages()")


def messages(seed: int = SHOWN) -> str:
    """What can be asked on the shown day, as examples; and its outage."""
    base = build(seed)
    plain = sorted(text for text in base.known if text.startswith("How do I"))
    hard = sorted(t for t in base.hard if t.startswith("Compare") and " and " in t)
    begin, end = base.outage
    return "\n".join(
        [
            *plain,
            *hard[:4],
            *(f"Where is order {order}?" for order in sorted(base.states)),
            "My name is Ada.   What is my name?   My city is Rome.   What is my city?",
            "Here is my log: …   Open a ticket: printer 3 jams.",
            f"(the large model hangs from {begin:g} to {end:g} s)",
        ]
    )


def missed(rows: Any, seed: int = SHOWN) -> dict[str, int]:
    """For each fault, how many messages it misses that the reference gets right."""
    trace = trace_of(rows, seed)

    def right(kind: Any) -> set[int]:
        found = firsts.composed(kind, trace)
        order = {id(one): n for n, one in enumerate(trace.arrivals)}
        pairs = zip(found.asked, found.ends, strict=True)
        return {order[id(one)] for one, end in pairs if end == "right"}

    good = right(Reference)
    return {name: len(good - right(kind)) for name, kind in FAULTS.items()}
