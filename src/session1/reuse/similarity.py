"""How alike two messages are: their words, Jaccard similarity, and the plain scan."""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

Tokens = frozenset[str]

_CJK = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\u0e00-\u0e7f"  # written without spaces
_WORD = re.compile(  # what is most frequent stands first: it is tried first
    rf"[^\W\d{_CJK}][^\W{_CJK}]*(?:'[^\W\d_]+)*"  # a word, with its n't or 's
    r"|(?:(?<![\w)])-)?(?:\.(?=\d))?\d+(?:[.,:]\d+)*"  # 12, -5, .5, 1,000, 10:30
    r"|(?<!\S)--?[A-Za-z][\w-]*"  # a flag of a command: -l, --force
    rf"|[{_CJK}]"  # each character counts as a word
    r"|[-+*/<>=!]=|(?<=\w)--(?!\w)"  # of program code: a != b, i--
    r"|\((?=[-.\d(])|(?<=[\d)])\)"  # brackets around numbers: 2*(3+4)
    r"|(?<=\d)['\"′″]"  # feet and inches
    r"|(?<!\w)!(?=[\w(])"  # the not of program code
    r"|[^\w\s.,;:!?'\"()´`‘’‚‛“”„‹›«»¡¿…·•\-–—、。「」『』・′″]"  # all but punctuation
)
# Most messages hold nothing else; then all but the first line above can be left out.
_PROSE = re.compile(r"[A-Za-z\s.,;:?'\"]*", re.ASCII)
_PROSE_WORD = re.compile(r"[a-z]+(?:'[a-z]+)*")
_DASHES = str.maketrans("’−‐‑‒–", "'-----")  # which are typed for ' and -
_NOT = {"can't": "can not", "won't": "will not", "cannot": "can not"}
_IS = {"what", "who", "where", "when", "why", "how", "that", "it", "there", "here"}
_ENDINGS = {"m": "am", "re": "are", "ve": "have", "ll": "will", "d": "would"}


class Match(NamedTuple):
    """A stored key and how alike its tokens are to those asked for."""

    key: str
    similarity: float


def words(text: str) -> list[str]:
    """The words of `text` in order: lower case, contractions written out.

    Every sign counts as a word, except the punctuation of ordinary prose.
    """
    if _PROSE.fullmatch(text):
        found = _PROSE_WORD.findall(text.lower())
    else:
        found = _WORD.findall(text if text.isascii() else _one_spelling(text))
        found = [word if word[0] == "-" else word.lower() for word in found]
    return _written_out(found) if "'" in text or "cannot" in found else found


def spans(text: str) -> tuple[list[str], list[str]]:
    """The words of `text` as written, and what stands before each and after the last.

    Between them is all that `words` leaves out: blanks and the signs of prose.
    """
    text = text if text.isascii() else _one_spelling(text)
    found, between, end = [], [], 0
    for match in _WORD.finditer(text):
        between.append(text[end : match.start()])
        found.append(match.group())
        end = match.end()
    return found, [*between, text[end:]]


def _one_spelling(text: str) -> str:
    """Characters that look alike as one, but 10² and 1½ as they are, not 102 and 11⁄2.

    Lower case and not case folding comes after it: that would make Maße of Masse.
    """
    composed = unicodedata.normalize("NFC", text)
    if not unicodedata.is_normalized("NFKC", composed):
        composed = "".join(
            c
            if c.isnumeric() and not c.isdecimal()
            else unicodedata.normalize("NFKC", c)
            for c in composed
        )
    return composed.translate(_DASHES)


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
    return [part for word in found for part in written_out(word)]


@lru_cache(maxsize=1024)
def written_out(word: str) -> tuple[str, ...]:
    """A contraction in lower case as the words it stands for; others as they are."""
    if word in _NOT:
        return tuple(_NOT[word].split())
    stem, apostrophe, ending = word.rpartition("'")
    if not apostrophe or word == "n't":
        return (word,)
    if ending == "t" and stem.endswith("n"):
        return stem[:-1], "not"
    if ending == "s":
        return (stem, "is") if stem in _IS else (stem,)
    # What stands before another ending is no word of its own: l'eau, O'Brien.
    return (stem, _ENDINGS[ending]) if ending in _ENDINGS else (word,)
