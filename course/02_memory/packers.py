"""Broken packers: each breaks one promise of `pack(texts, budget, sep)`."""

from collections.abc import Callable, Iterable, Sequence
from itertools import takewhile


def nothing(texts: Sequence[str], budget: int, sep: str = "\n") -> str:
    """Takes no text at all."""
    return ""


def everything(texts: Sequence[str], budget: int, sep: str = "\n") -> str:
    """Does not look at the budget."""
    return sep.join(texts)


def stopping(texts: Sequence[str], budget: int, sep: str = "\n") -> str:
    """Ends at the first text that is longer than the budget."""
    return _packed(takewhile(lambda text: len(text) <= budget, texts), budget, sep)


def free(texts: Sequence[str], budget: int, sep: str = "\n") -> str:
    """Takes separators for nothing."""
    taken: list[str] = []
    for one in texts:
        if len("".join([*taken, one])) <= budget:
            taken.append(one)
    return sep.join(taken)


def short(texts: Sequence[str], budget: int, sep: str = "\n") -> str:
    """Leaves the last character of the budget unused."""
    return _packed(texts, budget - 1, sep)


def narrow(texts: Sequence[str], budget: int, sep: str = "\n") -> str:
    """Takes every separator for one character."""
    taken: list[str] = []
    for one in texts:
        if len("\n".join([*taken, one])) <= budget:
            taken.append(one)
    return sep.join(taken)


def _packed(texts: Iterable[str], budget: int, sep: str) -> str:
    taken: list[str] = []
    for one in texts:
        if len(sep.join([*taken, one])) <= budget:
            taken.append(one)
    return sep.join(taken)


# a packer, what it does, and where to look when a test lets it pass
BROKEN: list[tuple[Callable[..., str], str, str]] = [
    (
        nothing,
        "is always empty",
        "`assert` all that comes out: no print, `return`, `assert (x, y)` nor `except`",
    ),
    (everything, "ignores the budget", "give it more than fits"),
    (
        stopping,
        "ends at a text that is too long",
        "put a text longer than the budget in front of one that fits",
    ),
    (free, "counts no separators", "two texts that fit only without their separator"),
    (short, "leaves a character unused", "texts that fill the budget exactly"),
    (
        narrow,
        "takes a long separator for one character",
        "give it a longer `sep`, such as ' -- '",
    ),
]
