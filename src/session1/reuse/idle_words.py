"""Words that say nothing of what is asked, as long as they do their usual work.

In "the plural of this" the word "this" has no noun to point at: it is what is asked
about. In "plan a" and "Hey Jude" such a word is part of a name. So a word is idle
only in its place in the sentence. There it may be missing, or another of its kind.
"""

from collections.abc import Sequence
from typing import NamedTuple

from session1.reuse.normal_form import (
    AFTER_HOW,
    AUXILIARIES,
    BEING,
    EMPTY,
    FILLERS,
    FORMS,
    LINKS,
    MAKERS,
    POLITE,
    QUESTION_WORDS,
    SUBJECTS,
    SUPPORT,
    VERBS,
    one_form,
)

_WE = frozenset(("i", "we", "one"))
_ARTICLES = frozenset(("a", "an"))
_OURS = frozenset(("the", "my", "our"))  # "my order" and "the order" are one
_NOUNS = SUBJECTS | {"who", "which", "to"}  # with "did" after it, that is the verb
GRAMMAR = EMPTY | QUESTION_WORDS | AUXILIARIES | SUBJECTS | LINKS
_STARTS = QUESTION_WORDS | AUXILIARIES | SUBJECTS | _OURS | _ARTICLES | LINKS
_ANYWHERE = -1  # the place of a word that may move: "where is it", "where it is"
Placed = tuple[int, str]  # how many words with content come before a word, and it


class Idle(NamedTuple):
    """The words of a message without content, by what may become of them.

    Those in `used` count. An article in `a` can be another one, and be missing
    before a plural in `many`; one in `the` can be missing. The `owners`, the `fillers`
    and the `thanks` at the end can all be missing, but not be others.
    """

    used: tuple[Placed, ...]
    a: frozenset[int]
    the: frozenset[int]
    many: frozenset[int]
    owners: tuple[Placed, ...]
    fillers: tuple[str, ...]
    thanks: tuple[str, ...]

    def fits(self, other: "Idle") -> bool:
        """Whether all words of both that are not idle are the same."""
        return (
            self.used == other.used
            and self.a <= other.a | other.the | other.many
            and other.a <= self.a | self.the | self.many
            and _same_or_none(self.owners, other.owners)
            and _same_or_none(self.fillers, other.fillers)
            and _same_or_none(self.thanks, other.thanks)
        )


def _same_or_none(one: Sequence[object], other: Sequence[object]) -> bool:
    return one == other or not (one and other)


class _Walk:
    """One pass over the words of a message."""

    def __init__(self, said: Sequence[str], lead: Sequence[str]) -> None:
        self.said = said
        self.place = 0
        self.used: list[Placed] = [(0, word) for word in lead]
        self.a, self.the, self.many = set[int](), set[int](), set[int]()
        self.owners: list[Placed] = []
        self.fillers: list[str] = []

    def all(self) -> Idle:
        """Look at each word, and at what follows "how" in one go."""
        end = len(self.said)
        while end > 1 and self.said[end - 1] in POLITE:
            end -= 1
        i = 0
        while i < end:
            word = self.said[i]
            i += 1
            after = self.said[i] if i < end else ""
            if word == "how":
                self.place += 1
                i = self.how(i, end)
            elif word in EMPTY and self.named(i - 1):
                self.use(f'"{word}"')
            elif word in EMPTY:
                self.empty(word, self.said[i - 2] if i > 1 else "", after)
            else:
                self.content(word, after)
        used = sorted(self.used, key=lambda at: at[0])
        return Idle(
            tuple(used),
            frozenset(self.a),
            frozenset(self.the),
            frozenset(self.many),
            tuple(self.owners),
            tuple(self.fillers),
            tuple(self.said[end:]),
        )

    def use(self, word: str) -> None:
        """Count `word` as one that matters."""
        self.used.append((self.place, word))

    def how(self, i: int, end: int) -> int:
        """Pass over "do I" and "to" after how, which are one; where it goes on."""
        said = [*self.said[i : min(i + 2, end)], "", ""]
        aux = said[0] if said[0] in AUXILIARIES & AFTER_HOW else ""
        who = said[1] if aux else said[0]
        if who in _WE or (who == "to" and not aux):
            self.use("i")
            i += 1
        elif aux not in ("", "do", "does"):
            self.use(aux)
        i += aux != ""
        while i < end and self.said[i] in AFTER_HOW:
            self.use(self.said[i])
            i += 1
        return i

    def named(self, i: int) -> bool:
        """Whether the article at `i` is a name or part of one.

        In "how often does the occur" it is the subject: what follows is but a verb.
        "Who wrote a ..." names a work, and only "a" goes before "... of my own".
        """
        word, before, rest = self.said[i], self.said[:i], self.said[i + 1 :]
        if word != "the" and word not in _ARTICLES:
            return False
        if before and before[-1] in SUPPORT and _NOUNS.isdisjoint(before[:-1]):
            after = [w for w in rest[2:] if w not in EMPTY]
            ends = not rest[1:] or (rest[1] in LINKS and len(after) < 2)
            return ends or rest[0] in VERBS
        title = not MAKERS.isdisjoint(before) or "own" in rest
        return word != "the" and title

    def content(self, word: str, after: str) -> None:
        """A word that `content` keeps: where it changes its form, look closer."""
        if word in FORMS:
            if word in AUXILIARIES and (not after or after in LINKS):
                self.use(word)
        elif one_form(word) != word:
            self.many.add(self.place)
        self.place += 1

    def empty(self, word: str, before: str, after: str) -> None:
        """A word that `content` drops: sort it by the work that it does."""
        noun = after not in GRAMMAR and (len(after) > 1 or after.isdigit())
        if word in BEING:
            self.used.append((_ANYWHERE, word))
        elif word in _ARTICLES and noun:
            self.a.add(self.place)
        elif word in _OURS and noun:
            self.the.add(self.place)
            if word != "the":
                self.owners.append((self.place, word))
        elif word in FILLERS and before and after and after not in LINKS:
            self.fillers.append(word)
        elif not _idle(word, before, after):
            self.use("i" if word == "we" and before in AUXILIARIES else word)


def _idle(word: str, before: str, after: str) -> bool:
    """Whether the word adds nothing between these two: "are there", "at what"."""
    if word in ("i", "we"):
        return not before and after in AUXILIARIES
    if word == "there":
        return before in BEING
    if word == "at":
        return not before and after in QUESTION_WORDS
    clause = after in _OURS or after in _ARTICLES or after in SUBJECTS
    return word == "that" and clause and (before == "so" or before not in GRAMMAR)


def idle(said: Sequence[str], lead: Sequence[str] = ()) -> Idle:
    """The words without content of a message; `lead` is a greeting that is none."""
    return _Walk(said, lead).all()


def in_front(
    greeting: Sequence[str], opening: Sequence[str], marked: bool, after: str
) -> tuple[str, ...]:
    """The words in front that do not only wrap the message: "Hi, ..." but "Hey Jude".

    They wrap it when a comma or so is `marked` behind them, or a clause begins `after`.
    """
    last = [*greeting, *opening][-1:]
    wraps = marked or after in _STARTS or last == ["please"]
    if opening:
        return () if wraps else tuple(opening)
    once = len(set(greeting)) == len(greeting)
    return () if wraps and once else tuple(greeting)
