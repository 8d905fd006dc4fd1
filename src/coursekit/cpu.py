"""Compare the CPU time of two functions so that a busy machine does not decide.

CPU time, never wall time; pairs in turn; medians, for some readings are 0; as many
pairs as it takes to be clear of the limit.
"""

import statistics
from collections.abc import Callable

LEAST, MOST = 5, 25  # pairs
CLEAR = 0.22  # how far from the limit is far enough, as a share of it
NOTHING = 1e-9  # seconds


def ratio(
    mine: Callable[[int], float], reference: Callable[[int], float], limit: float
) -> float:
    """CPU seconds of `mine` for one of `reference`, once that is clear of `limit`.

    Both are called with the number of the pair and return CPU seconds.
    """
    ours: list[float] = []
    theirs: list[float] = []
    found = 0.0
    for number in range(MOST):
        ours.append(mine(number))
        theirs.append(reference(number))
        found = statistics.median(ours) / max(statistics.median(theirs), NOTHING)
        near = limit * (1 - CLEAR) < found < limit * (1 + CLEAR)
        if number + 1 >= LEAST and not near:
            break
    return found
