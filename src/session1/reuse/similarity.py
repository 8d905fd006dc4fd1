"""How alike two messages are: their words, Jaccard similarity, and the plain scan."""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

Tokens = frozenset[str]

_CJK = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\u0e00-\u0e7f"  # written without spaces
_WORD = re.compile(  # what is most frequent stands first: it is tried first
    rf"[^\W\d{_CJK}][^\W{_CJK}]*(?:'[^\W\d_]+)?"  # a word, with its n't or 's
    r"|(?:(?<!\S)-)?\d+(?:[.,:]\d+)*"  # 12, -5, 1,000, 3.5, 10:30
    r"|(?<!\S)--?[a-z][\w-]*"  # a flag of a command: -l, --force
    rf"|[{_CJK}]"  # each character counts as a word
    r"|[-+*/<>=!]=|[+*/<>=≤≥≠%$€£¥^&|~#@]"  # signs that carry meaning
)
_NOT = {"can't": "can not", "won't": "will not", "cannot": "can not"}
_IS = {"what", "who", "where", "when", "why", "how", "that", "it", "there", "here"}
_ENDINGS = {"m": "am", "re": "are", "ve": "have", "ll": "will", "d": "would"}


class Match(NamedTuple):
    """A stored key and how alike its tokens are to those asked for."""

    key: str
    similarity: float


def words(text: str) -> list[str]:
    """The words of `text` in order: lower case, contractions written out."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text).replace("’", "'")
    text = text.casefold()
    found = _WORD.findall(text)
    return _written_out(found) if "'" in text or "cannot" in text else found


def tokens(text: str) -> Tokens:
    """The set of words that Jaccard similarity compares."""
    return frozenset(words(text))


def jaccard(a: Tokens, b: Tokens) -> float:
    """Shared tokens over all tokens, 0 to 1; two empty sets share nothing."""
    union = len(a | b)
    return len(a & b) / union if union else 0.0


def best_by_scan(
    entries: Iterable[tuple[str, Tokens]],
    wanted: Tokens,
    threshold: float = 0.7,
    limit: int = 1,
) -> list[Match]:
    """The `limit` most similar entries above `threshold`, the earliest first on ties.

    Looks at every entry: the yardstick that the index must equal.
    """
    matches = [Match(key, jaccard(wanted, held)) for key, held in entries]
    above = [match for match in matches if match.similarity > threshold]
    return sorted(above, key=lambda match: -match.similarity)[:limit]


def _written_out(found: list[str]) -> list[str]:
    """`found` with don't as do not, what's as what is, and Bob's as Bob."""
    return [part for word in found for part in _parts(word)]


@lru_cache(maxsize=1024)
def _parts(word: str) -> tuple[str, ...]:
    if word in _NOT:
        return tuple(_NOT[word].split())
    stem, _, ending = word.partition("'")
    if ending == "t" and stem.endswith("n"):
        return stem[:-1], "not"
    if ending == "s":
        return (stem, "is") if stem in _IS else (stem,)
    return (stem, _ENDINGS[ending]) if ending in _ENDINGS else (stem,)
