"""How a message is put: its signs, and whether it is about words.

Two messages can share all words and differ in what stands between them: 100! is not
100. A sign is passed over only where it cannot carry meaning, at the end and after a
greeting. With any other sign but those of prose, with a letter for a name, or about
words, a message is compared word by word.
"""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from session1.reuse.idle_words import Idle, idle, in_front
from session1.reuse.normal_form import (
    AFTER_HOW,
    AUXILIARIES,
    EMPTY,
    JOINED,
    LINKS,
    POLITE,
    QUESTION_WORDS,
    greeted,
    joined,
    unwrapped,
)
from session1.reuse.similarity import spans, written_out

_SENTENCE = re.compile(r"[.?!:…。]\s*$")
_SMALL = frozenset("a an the of to in on for and or at by".split())  # noqa: SIM905
_NO_NAME = frozenset(("i", "am", "pm"))  # written either way
_ABOUT_WORDS = re.compile(  # which then stand for themselves
    r"\b(?:say|spel[lt]|pronounc|pronunciation|translat|mean(?:s|t|ing)?\b|words?\b"
    r"|letters?\b|plural|singular|synonym|antonym|opposite|rhym|defin(?:e|ition)"
    r"|differ(?:s|ence)?\b|sentence|phrase|noun|pronoun|verb|adverb|adjective"
    r"|preposition|conjunction|syllable|vowel|consonant|gramma|conjugat|tense\b"
    r"|prefix|suffix|abbreviat|acronym|terms?\b|idiom|slang|digits?\b|commas?\b"
    r"|notation)"
)
_PLAIN = re.compile(r"[^\W\d_]{2,}(?:'[^\W\d_]+)*")  # a word; no letter, no number
_IN_PROSE = re.compile(r"[,;:.!?…]\s+|-")
_GLUED = re.compile(r"\A[.!…,;:?。]+(?=\s|$)")  # behind a word
_AT_THE_END = re.compile(r"(?:\s*[?？؟]|(?<=\S)[.…।。]|^[.…।。])+\s*$")
_DOT = re.compile(r"\A[.][?]")  # of what is asked about: "Is it Mr or Mr.?"
_QUOTED = re.compile(r'"([^"]*)"|`([^`]*)`')
_CAMEL = re.compile(r"\b[a-z]{2,}[A-Z]")  # of program code: getName
_QUOTES = str.maketrans("“”„«»‘‚‛", '"""""\'\'\'')
_UNITS = frozenset("%$€£₹₽¥°")


class Capitals(NamedTuple):
    """Words by their capitals, where no sentence begins.

    The `habit` of the writer is none, some, or all: such capitals say nothing.
    """

    habit: str
    starts: bool
    upper: frozenset[str]
    lower: frozenset[str]
    loud: frozenset[str]

    def fits(self, other: "Capitals") -> bool:
        """Whether all words of both have the same capitals, but for the habits.

        Who begins with a small letter and has no capitals may mean what the other
        writes with some.
        """
        if "all" in (self.habit, other.habit):
            return True
        if self.habit != other.habit and self.starts != other.starts:
            return True
        if self.upper & EMPTY != other.upper & EMPTY:
            return False  # as in The Who, whose "The" is no article
        both = (self.upper | self.lower) & (other.upper | other.lower)
        return not both & (
            (self.upper ^ other.upper)
            | (self.lower ^ other.lower)
            | (self.loud ^ other.loud)
        )


def capitals(found: Sequence[str], between: Sequence[str], start: int) -> Capitals:
    """The capitals of the words as written, from the one at `start` on."""
    inside = [
        word
        for n, word in enumerate(found)
        if n > start and word[0].isalpha() and not _SENTENCE.search(between[n])
    ]
    inside = [word for word in inside if word.lower() not in _NO_NAME]
    upper = [word for word in inside if word[0].isupper()]
    first = found[start] if start < len(found) else ""
    starts = found[0][:1].isupper() if found else False
    every = [word for word in inside if word.lower() not in _SMALL]
    shouted = first.isupper() and all(word.isupper() for word in inside)
    title = len(every) > 2 and all(word[0].isupper() for word in every)
    habit = "all" if (shouted and inside) or title else "some"
    if not upper and not starts:
        habit = "none"
    return Capitals(
        habit,
        starts,
        frozenset(map(str.lower, upper)),
        frozenset(word for word in inside if word[0].islower()),
        frozenset(word.lower() for word in upper if len(word) > 1 and word.isupper()),
    )


class Wording(NamedTuple):
    """Parts of a message that its words alone do not show."""

    signs: tuple[str, ...]  # of prose, each with the word before it
    coded: bool  # it holds other signs, or letters as names
    about_words: bool
    exact: tuple[str, ...]  # all its words and signs
    idle: Idle
    capitals: Capitals


class _Spelled:
    """A message as its words and what stands between them, without what wraps it."""

    def __init__(self, message: str) -> None:
        self.found, self.between = spans(message)
        self.words = [w if w[0] == "-" else w.lower() for w in self.found]
        self.said, self.origin = list[str](), list[int]()
        for n, word in enumerate(self.words):
            for part in _parts(word):
                self.said.append(part)
                self.origin.append(n)
        self.rest = unwrapped(self.said)
        lead = len(self.said) - len(self.rest)
        hello = greeted(self.said)
        self.lead = self.said[:hello], self.said[hello:lead]
        self.start = self.origin[lead] if self.rest else len(self.words)
        inner = (_GLUED.sub("", gap).strip("¿¡ ") for gap in self.between[: self.start])
        if any(map(str.strip, inner)):  # no greeting that wraps the message
            self.start = 0
        self.end = len(self.words)
        self.marked = self.start > 0 and self.between[self.start].strip() != ""

    def gap(self, n: int) -> str:
        """The signs before the word at `n` that can carry meaning."""
        gap = self.between[n]
        if gap in (" ", ""):
            return ""
        if n == self.start:
            gap = _GLUED.sub("", gap) if n else gap
            gap = gap.lstrip("¿¡ ")
        if n == self.end and not _DOT.match(gap):
            if self.plain(n - 1):
                gap = _GLUED.sub("", gap)
            gap = _AT_THE_END.sub("", gap)
        return "".join(gap.translate(_QUOTES).split())

    def plain(self, n: int) -> bool:
        """Whether a word stands at `n`, and not a letter or a number."""
        return 0 <= n < self.end and _PLAIN.fullmatch(self.words[n]) is not None

    def one_word(self, n: int) -> bool:
        """Whether the words before and at `n` are often written as one: e-mail."""
        if not 0 < n < self.end or self.between[n].strip() not in ("", "-"):
            return False
        return (self.words[n - 1], self.words[n]) in JOINED

    def prose(self, n: int) -> bool:
        """Whether what stands before the word at `n` is usual between words."""
        usual = _IN_PROSE.fullmatch(self.between[n]) is not None
        after = self.plain(n) or self.words[n : n + 1] in (["i"], ["a"])
        return usual and self.plain(n - 1) and after

    def code(self, n: int) -> bool:
        """Whether the word at `n` is a sign, or a letter that stands for something."""
        word = self.words[n]
        if word in _UNITS:
            near = self.words[max(n - 1, 0) : n] + self.words[n + 1 : n + 2]
            return sum(map(_number, near)) != 1
        if len(word) == 1 and word.isascii() and word.isalpha():
            return word not in "ai" and not (self.one_word(n) or self.one_word(n + 1))
        return not any(map(str.isalnum, word))


def _parts(word: str) -> Sequence[str]:
    return written_out(word) if "'" in word or word == "cannot" else (word,)


def _number(word: str) -> bool:
    return word[-1].isdigit()


@lru_cache(maxsize=2048)
def wording(message: str) -> Wording:
    """The signs and the words of `message` that count as they are."""
    text = _Spelled(message)
    about = _ABOUT_WORDS.search(message.lower()) is not None
    spelled = capitals(text.found, text.between, text.start)
    front = in_front(*text.lead, text.marked, text.rest[0] if text.rest else "")
    _cut(text)
    gaps = range(text.start, text.end + 1)
    signs = [text.gap(n) for n in gaps]
    return Wording(
        (*_prose(text, signs), *_blanks(message)),
        _CAMEL.search(message) is not None
        or any(map(text.code, range(text.start, text.end)))
        or any(
            sign and not (text.prose(n) or text.one_word(n))
            for n, sign in zip(gaps, signs, strict=True)
        ),
        about,
        tuple(filter(None, _exact(text, signs))),
        idle(joined(text.rest), front),
        spelled,
    )


def _cut(text: _Spelled) -> None:
    """Leave out a "please" at the end, unless something is said about the word."""
    while text.end - text.start > 2 and text.words[text.end - 1] in POLITE:
        before, word = text.between[text.end - 1], text.words[text.end - 2]
        named = word in LINKS | EMPTY or _ABOUT_WORDS.match(word)
        if not before[-1:].isspace() or (before.isspace() and named):
            return
        text.end -= 1


def _prose(text: _Spelled, signs: Sequence[str]) -> Iterator[str]:
    """The signs of prose and of possession, each with its word."""
    for n, sign in enumerate(signs, text.start):
        if sign and text.prose(n) and not text.one_word(n):
            yield text.words[n - 1] + sign
        if n < text.end and "'" in text.words[n] and len(_parts(text.words[n])) == 1:
            yield text.words[n]


def _blanks(message: str) -> Iterator[str]:
    """Quoted text with blanks that prose does not have: "abc ", "a  b"."""
    for found in _QUOTED.finditer(message):
        if found[found.lastindex or 0].split(" ") != found[0][1:-1].split():
            yield found[0]


def _exact(text: _Spelled, signs: Sequence[str]) -> Iterator[str]:
    """All words and signs, but for how the question begins: what's, how can I."""
    n = text.start
    first = _parts(text.words[n]) if n < text.end else ()
    if first and first[0] in QUESTION_WORDS and len(first) == 2:
        yield from (signs[0], *first)
        n += 1
    elif first == ("how",):
        yield from (signs[0], "how")
        chain = text.words[n + 1 : n + 3]
        n += 1
        if len(chain) == 2 and not any(signs[1:3]) and _how_i(*chain):
            yield "i"
            n += 1 if chain[0] == "to" else 2
    for at in range(n, text.end):
        if at > text.start or n == text.start:
            yield signs[at - text.start]
        written = text.found[at]
        name = len(written) == 1 and text.words[at] not in "ai"
        yield written if name or _CAMEL.match(written) else text.words[at]
    yield signs[-1]


def _how_i(first: str, second: str) -> bool:
    """Whether "to", "do I", "can I" or the like, which are one after "how"."""
    return first == "to" or (first in AUXILIARIES & AFTER_HOW and second in ("i", "we"))
