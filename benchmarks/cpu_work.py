"""Work for a processor, in a module that other processes import in no time."""

from collections.abc import Sequence
from random import Random


def numbers(n: int) -> list[list[float]]:
    """`n` lists of 1,000 numbers."""
    rng = Random(0)
    return [[rng.random() for _ in range(1_000)] for _ in range(n)]


def mean(data: Sequence[float]) -> float:
    """The guide's example: next to nothing, and much to send."""
    return sum(data) / len(data)


def steps(n: int) -> int:
    """Work that takes about half a millisecond and is quickly sent."""
    total = 0
    for i in range(n):
        total += i * i
    return total
