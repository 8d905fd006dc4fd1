"""Whether two similar messages ask the same: similarity alone does not tell.

"Is it safe" and "is it not safe" share nearly all their words, more than most
paraphrases do. So a candidate is served only when nothing that carries meaning
differs: polarity, numbers, names, the question word, and the order of the content
words. When in doubt the answer is no: a miss costs a model call, a wrong hit a lie.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from session1.reuse.plain_words import (
    AUXILIARIES,
    EMPTY,
    NEGATIONS,
    QUESTION_WORDS,
    SUBJECTS,
    content,
    near_misspelling,
    unwrapped,
)
from session1.reuse.similarity import words

_NAME = re.compile(r"(?<=[\w,;:'’\")] )[A-Z][\w-]*")  # a capital, not at the start


class Verdict(NamedTuple):
    """Whether both ask the same, and if not, what differs."""

    same: bool
    reason: str


class Sense(NamedTuple):
    """What the gate compares of a message."""

    told: bool
    asks: str
    negations: int
    numbers: tuple[str, ...]
    names: frozenset[str]
    words: frozenset[str]
    content: tuple[str, ...]


def judge(one: str, other: str) -> Verdict:
    """Compare two messages; the reason is that of the first difference found."""
    a, b = sense(one), sense(other)
    names = a.names | b.names
    if a.negations != b.negations:
        return Verdict(False, "negation")
    if a.numbers != b.numbers:
        return Verdict(False, "number")
    if a.told != b.told:
        return Verdict(False, "statement or question")
    if a.asks != b.asks:
        return Verdict(False, "question word")
    if names & a.words != names & b.words:
        return Verdict(False, "name")
    if a.content != b.content and sorted(a.content) == sorted(b.content):
        return Verdict(False, "word order")
    if not a.content or not _same_words(a.content, b.content, names):
        return Verdict(False, "content word")
    return Verdict(True, "same")


@lru_cache(maxsize=2048)
def sense(message: str) -> Sense:
    """The parts of `message` that carry its meaning."""
    said = words(message)
    kept = content(said)
    return Sense(
        _told(message, unwrapped(said)),
        next((word for word in said if word in QUESTION_WORDS), ""),
        sum(word in NEGATIONS for word in kept),
        tuple(word for word in kept if not word.isalpha() and _has_digit(word)),
        frozenset(name.casefold() for name in _NAME.findall(message)) - EMPTY,
        frozenset(said),
        kept,
    )


def _has_digit(word: str) -> bool:
    return any(map(str.isdigit, word))


def _told(message: str, said: Sequence[str]) -> bool:
    """Whether it is a statement: a subject and its verb, asking nothing."""
    asked = message.rstrip().endswith(("?", "？"))
    if asked or not said or said[0] in QUESTION_WORDS:
        return False
    if said[0] in AUXILIARIES and "not" not in said[1:2]:
        return False
    return said[0] in SUBJECTS or not AUXILIARIES.isdisjoint(said)


def _same_words(a: Sequence[str], b: Sequence[str], names: frozenset[str]) -> bool:
    """The same words in the same order, but for a slip of the pen in one of them."""
    if len(a) != len(b):
        return False
    unlike = [(x, y) for x, y in zip(a, b, strict=True) if x != y]
    if len(unlike) > 1:
        return False
    return all(not {x, y} & names and near_misspelling(x, y) for x, y in unlike)
