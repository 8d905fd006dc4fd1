"""Similarity search of other libraries: each maker returns a lookup, or why none.

A lookup takes a message and returns the message found, or None. The scans are here
too: as most people write it, and with the word sets kept.
"""

from collections.abc import Callable, Sequence
from importlib.util import find_spec

Lookup = Callable[[str], str | None]
Peer = Lookup | str
THRESHOLD = 0.7
PERMUTATIONS = 128


def word_set(message: str) -> frozenset[str]:
    """The words that all contenders compare: split at spaces, lower case."""
    return frozenset(message.lower().split())


def scan(held: Sequence[str]) -> Lookup:
    """Compares with every message and splits each anew."""

    def find(message: str) -> str | None:
        asked, best, found = set(message.lower().split()), THRESHOLD, None
        for other in held:
            theirs = set(other.lower().split())
            union = asked | theirs
            if union and (alike := len(asked & theirs) / len(union)) > best:
                best, found = alike, other
        return found

    return find


def scan_of_sets(held: Sequence[str]) -> Lookup:
    """Compares with every message; the word sets are kept."""
    sets = [(other, word_set(other)) for other in held]

    def find(message: str) -> str | None:
        asked, best, found = word_set(message), THRESHOLD, None
        for other, theirs in sets:
            union = len(asked | theirs)
            if union and (alike := len(asked & theirs) / union) > best:
                best, found = alike, other
        return found

    return find


def datasketch(held: Sequence[str]) -> Peer:
    """MinHash LSH with 128 permutations; candidates are compared exactly."""
    if not find_spec("datasketch"):
        return "not installed: pip install datasketch"
    from datasketch import MinHash, MinHashLSH

    lsh = MinHashLSH(threshold=THRESHOLD, num_perm=PERMUTATIONS)

    def hashed(words: frozenset[str]) -> MinHash:
        result = MinHash(num_perm=PERMUTATIONS)
        result.update_batch([word.encode() for word in words])
        return result

    sets = [word_set(other) for other in held]
    with lsh.insertion_session() as session:
        for number, words in enumerate(sets):
            session.insert(number, hashed(words))

    def find(message: str) -> str | None:
        asked = word_set(message)
        near = [(-jaccard(asked, sets[n]), n) for n in lsh.query(hashed(asked))]
        best = min(near, default=(0.0, 0))
        return held[best[1]] if -best[0] > THRESHOLD else None

    return find


def set_similarity_search(held: Sequence[str]) -> Peer:
    """SetSimilaritySearch: an exact index of sets that cannot change afterwards."""
    if not find_spec("SetSimilaritySearch"):
        return "not installed: pip install SetSimilaritySearch"
    from SetSimilaritySearch import SearchIndex

    filled = [(n, words) for n, other in enumerate(held) if (words := word_set(other))]
    index = SearchIndex(
        [words for _, words in filled], "jaccard", similarity_threshold=THRESHOLD
    )

    def find(message: str) -> str | None:
        asked = word_set(message)
        near = index.query(asked) if asked else []
        above = [(-alike, at) for at, alike in near if alike > THRESHOLD]
        return held[filled[min(above)[1]][0]] if above else None

    return find


def rapidfuzz(held: Sequence[str]) -> Peer:
    """rapidfuzz token_sort_ratio, in C: another measure, and a scan."""
    if not find_spec("rapidfuzz"):
        return "not installed: pip install rapidfuzz"
    from rapidfuzz import fuzz, process

    lower = [other.lower() for other in held]

    def find(message: str) -> str | None:
        found = process.extractOne(
            message.lower(), lower, scorer=fuzz.token_sort_ratio, score_cutoff=70
        )
        return held[found[2]] if found else None

    return find


def jaccard(a: frozenset[str], b: frozenset[str]) -> float:
    """Shared words over all words."""
    union = len(a | b)
    return len(a & b) / union if union else 0.0
