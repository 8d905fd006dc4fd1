"""Which words are spelled with capitals, and whether two messages differ in that."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from session1.reuse.normal_form import EMPTY

_SENTENCE = re.compile(r"[.?!:…。]\s*$")
_SMALL = frozenset("a an the of to in on for and or at by".split())  # noqa: SIM905
_NO_NAME = frozenset(("i", "am", "pm"))  # written either way


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
