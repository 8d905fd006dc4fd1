"""Pairs of messages that should, or should not, get the same answer; our own work."""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Pair:
    """Two messages, whether one answer fits both, and why; `kind` is what differs."""

    kind: str
    same: bool
    first: str
    second: str
    reason: str


def pairs(kinds: Iterable[str] | None = None) -> list[Pair]:
    """The labelled pairs of some `kinds`, of all by default."""
    known = kind_names()
    wanted = set(known if kinds is None else kinds)
    if wanted - set(known):
        missing = ", ".join(sorted(wanted - set(known)))
        raise ValueError(f"no kind {missing}; there are {', '.join(known)}")
    return [pair for pair in _all() if pair.kind in wanted]


def kind_names() -> list[str]:
    """The kinds there are, in the order of the file."""
    return list(dict.fromkeys(pair.kind for pair in _all()))


def further_pairs() -> list[Pair]:
    """Pairs written later, of two kinds that the others lack: signs and mentions."""
    return list(_read("further_pairs.tsv"))


def _all() -> tuple[Pair, ...]:
    return _read("pairs.tsv")


@cache
def _read(name: str) -> tuple[Pair, ...]:
    text = files("session1.data").joinpath(name).read_text("utf-8")
    rows = csv.reader(text.splitlines()[1:], delimiter="\t", quoting=csv.QUOTE_NONE)
    return tuple(
        Pair(kind, label == "same", first, second, reason)
        for kind, label, first, second, reason in rows
    )
