"""Hand right and wrong versions to a learner's own test, one after another."""

import random
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

T = TypeVar("T")
RIGHT, WRONG = 3, 2  # how often each is handed over


def verdicts(
    verdict: Callable[[T], str],
    rights: Sequence[T],
    wrongs: Mapping[str, T],
    seed: int,
) -> tuple[str, dict[str, str]]:
    """What a test says: its first false alarm, and its verdict on each wrong version.

    `verdict(version)` is what the test raises, empty for nothing. Right and wrong ones
    come mixed, in an order that only the seed knows, and each more than once; a wrong
    one is caught when it is each time: a test that counts its calls gains nothing.
    """
    turns = [("", right) for right in rights] * RIGHT
    turns += list(wrongs.items()) * WRONG
    random.Random(seed).shuffle(turns)
    alarm, said = "", dict[str, str]()
    for name, version in turns:
        found = verdict(version)
        if not name:
            alarm = alarm or found
        elif said.get(name, "AssertionError").startswith("AssertionError"):
            said[name] = found
    return alarm, {name: said[name] for name in wrongs}
