"""Which entries can be above a threshold at all: counting, and sets held twice."""

from functools import lru_cache
from itertools import combinations

PAIRWISE = 4  # up to so many sets are intersected in pairs


@lru_cache(maxsize=4096)
def least_overlap(asked: int, threshold: float) -> int:
    """The fewest tokens an entry above the threshold shares with `asked` tokens."""
    # the same division as the similarity itself, so that rounding cannot differ
    return next(n for n in range(1, asked + 1) if n / asked > threshold)


def held_twice(lists: list[set[int]]) -> set[int]:
    """The slots that at least two of the sets hold, which grow in size."""
    found: set[int] = set()
    if len(lists) <= PAIRWISE:
        for a, b in combinations(lists, 2):
            found |= a & b
        return found
    once: set[int] = set()
    for slots in lists[:-1]:
        found |= once & slots
        once |= slots
    return found | (once & lists[-1])


def probes(lists: list[set[int]]) -> int:
    """About how many membership tests `held_twice` makes."""
    if len(lists) <= PAIRWISE:
        return sum(len(s) * (len(lists) - 1 - i) for i, s in enumerate(lists))
    return 4 * sum(len(slots) for slots in lists[:-1])
