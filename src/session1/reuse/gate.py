"""Whether two similar messages ask the same: similarity alone does not tell.

"Is it safe" and "is it not safe" share nearly all their words, more than most
paraphrases do. So a candidate is served only when nothing that carries meaning
differs: polarity, numbers, names, the question word, the order of the content words,
signs, and words that are mentioned rather than used. When in doubt the answer is no:
a miss costs a model call, a wrong hit a lie.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, lru_cache
from importlib.resources import files
from typing import NamedTuple

from session1.reuse.normal_form import (
    AUXILIARIES,
    BEING,
    EMPTY,
    GREETINGS,
    NEGATIONS,
    POLITE,
    QUESTION_WORDS,
    SUBJECTS,
    content,
    unwrapped,
)
from session1.reuse.similarity import words
from session1.reuse.wording import Wording, wording

_NAME = re.compile(r"(?<=[\w,;:'’\")] )[A-Z][\w-]*")  # a capital, not at the start
_CAPITALS = re.compile(r"(?<=\S )(?:[A-Z]{2,}|A)\b")  # the US, vitamin A
_UNIT = re.compile(r"\d\s?([^\W\d_]{1,3})\b")
KIND_WORDS = GREETINGS | POLITE | {"there"}
_GRAMMAR = EMPTY | QUESTION_WORDS | SUBJECTS | {"me", "us"}
# Words of no other language that many here write in; a doubled letter is a slip in
# English, and in Italian (cappello, capello) or Finnish another word.
ENGLISH = frozenset(
    """
    the this that these those my and what which who when where why how would could
    should your with it does please
    """.split()  # noqa: SIM905
)


class Verdict(NamedTuple):
    """Whether both ask the same, and if not, what differs."""

    same: bool
    reason: str


class Sense(NamedTuple):
    """The parts of a message that the gate compares."""

    told: bool
    asks: str
    negations: int
    being: int
    numbers: tuple[str, ...]
    units: tuple[str, ...]
    capitals: frozenset[str]
    names: frozenset[str]
    words: frozenset[str]
    content: tuple[str, ...]


def judge(one: str, other: str) -> Verdict:
    """Compare two messages; the reason is that of the first difference found."""
    if one == other:
        return Verdict(True, "same")
    a, b = sense(one), sense(other)
    names = a.names | b.names
    if a.negations != b.negations:
        return Verdict(False, "negation")
    if a.numbers != b.numbers or a.units != b.units:
        return Verdict(False, "number")
    if a.told != b.told:
        return Verdict(False, "statement or question")
    if a.asks != b.asks:
        return Verdict(False, "question word")
    if a.capitals != b.capitals or names & a.words != names & b.words:
        return Verdict(False, "name")
    if a.content != b.content and sorted(a.content) == sorted(b.content):
        return Verdict(False, "word order")
    if not a.content and _greets(words(one), words(other)):
        same = wording(one).signs == wording(other).signs
        return Verdict(same, "same" if same else "sign")
    if not a.content or a.being != b.being or not _same_words(a, b):
        return Verdict(False, "content word")
    return _same_wording(wording(one), wording(other))


def _greets(one: Sequence[str], other: Sequence[str]) -> bool:
    """Whether both are the same greeting or thanks, and nothing else."""
    return bool(one) and one == other and set(one) <= KIND_WORDS


def _same_wording(a: Wording, b: Wording) -> Verdict:
    """Compare what the words alone do not show, once those are the same."""
    if not a.capitals.fits(b.capitals):
        return Verdict(False, "name")
    exact = a.exact == b.exact
    if a.signs != b.signs or ((a.coded or b.coded) and not exact):
        return Verdict(False, "sign")
    if not a.idle.fits(b.idle) or ((a.about_words or b.about_words) and not exact):
        return Verdict(False, "mentioned word")
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
        sum(word in BEING for word in said),
        tuple(word for word in kept if not word.isalpha() and _has_digit(word)),
        tuple(_units(message)),
        _capitals(message),
        frozenset(name.lower() for name in _NAME.findall(message)) - EMPTY,
        frozenset(said),
        kept,
    )


def _has_digit(word: str) -> bool:
    return any(map(str.isdigit, word))


def _units(message: str) -> Iterator[str]:
    """Short words after a number whose case counts: 5 MB is not 5 Mb."""
    for unit in _UNIT.findall(message):
        lower = unit.lower()
        if lower == "am":  # no word of grammar here: 12 am is not 12
            yield lower
        elif unit != lower != "pm":
            yield unit


def _capitals(message: str) -> frozenset[str]:
    """Words of grammar in capitals, which are then none: the US, vitamin A."""
    if message.isupper():
        return frozenset()
    found = frozenset(map(str.lower, _CAPITALS.findall(message))) & _GRAMMAR
    return found - {"am"}  # 6 AM is 6 am


def _told(message: str, said: Sequence[str]) -> bool:
    """Whether it is a statement: a subject and its verb, asking nothing."""
    asked = message.rstrip().endswith(("?", "？"))
    if asked or not said or said[0] in QUESTION_WORDS:
        return False
    if said[0] in AUXILIARIES and "not" not in said[1:2]:
        return False
    return said[0] in SUBJECTS or not AUXILIARIES.isdisjoint(said)


def _same_words(a: Sense, b: Sense) -> bool:
    """The same words in the same order, but for a slip of the pen in one of them."""
    if len(a.content) != len(b.content):
        return False
    paired = zip(a.content, b.content, strict=True)
    unlike = [(x, y) for x, y in paired if x != y]
    if len(unlike) > 1:
        return False
    if unlike and not (is_english(a.words) and is_english(b.words)):
        return False
    names = a.names | b.names
    return all(not {x, y} & names and near_misspelling(x, y) for x, y in unlike)


def is_english(words: Iterable[str]) -> bool:
    """Whether any of the words of a message is plainly English."""
    return not ENGLISH.isdisjoint(words)


@lru_cache(maxsize=8192)
def near_misspelling(one: str, other: str) -> bool:
    """Whether two long words differ by a doubled letter or two that changed places.

    Not where both are words, such as carton and cartoon.
    """
    if min(len(one), len(other)) < 6 or frozenset((one, other)) in both_words():
        return False
    if not (one.isalpha() and other.isalpha() and one[0] == other[0]):
        return False
    if len(one) == len(other):
        return _swapped(one, other)
    short, long = sorted((one, other), key=len)
    another = long.endswith("ee")  # as fiance and fiancee, or train and trainee
    return len(long) == len(short) + 1 and not another and _undoubled(short, long)


@cache
def both_words() -> frozenset[frozenset[str]]:
    """The pairs of English words that are a slip apart: all of a large dictionary's."""
    text = files("session1.data").joinpath("slips.txt").read_text("utf-8")
    lines = (line.split() for line in text.splitlines() if not line.startswith("#"))
    return frozenset(map(frozenset, lines))


def _swapped(one: str, other: str) -> bool:
    unlike = [i for i, (x, y) in enumerate(zip(one, other, strict=True)) if x != y]
    if len(unlike) != 2 or unlike[1] != unlike[0] + 1:
        return False
    i, j = unlike
    return (one[i], one[j]) == (other[j], other[i])


def _undoubled(short: str, long: str) -> bool:
    return any(
        long[i] == long[i + 1] and long[:i] + long[i + 1 :] == short
        for i in range(len(short))
    )
