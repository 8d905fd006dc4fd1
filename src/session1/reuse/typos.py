"""Slips of the pen: two spellings of one word, told from two words."""

from collections.abc import Iterable
from functools import cache, lru_cache
from importlib.resources import files

# Words of no other language that many here write in; a doubled letter is a slip in
# English, and in Italian (cappello, capello) or Finnish another word.
ENGLISH = frozenset(
    """
    the this that these those my and what which who when where why how would could
    should your with it does please
    """.split()  # noqa: SIM905
)


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
