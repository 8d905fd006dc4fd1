"""Hand right and wrong versions to a learner's own test, one after another."""

import inspect
import random
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from coursekit.check.check import Check

T = TypeVar("T")
RIGHT, WRONG = 5, 3  # how often each is handed over


def verdicts(
    check: Check,
    verdict: Callable[[T], str],
    rights: Sequence[T],
    wrongs: Mapping[str, T],
) -> tuple[str, dict[str, str]]:
    """Try a test: its first false alarm, and its verdict on each wrong version.

    `verdict(version)` is what the test raises, empty for nothing. Right and wrong ones
    come mixed, as functions that all look alike, in an order of this submission's own,
    and each more than once; a wrong one is caught when it is each time. A test that
    counts its calls or asks a version for its name gains nothing.
    """
    draw = random.Random(check.seed)
    ends = [("", right) for right in rights]
    turns = ends * (RIGHT - 1) + list(wrongs.items()) * WRONG
    draw.shuffle(ends)
    draw.shuffle(turns)
    alarm, said = "", dict[str, str]()
    # right ones at both ends: being loud at first or at last is a false alarm
    for name, version in ends[:1] + turns + ends[1:]:
        found = verdict(_stand_in(version))
        if not name:
            alarm = alarm or found
        elif said.get(name, "AssertionError").startswith("AssertionError"):
            said[name] = found
    return alarm, {name: said[name] for name in wrongs}


def _stand_in(version: Any) -> Any:
    """A function of its own each time, for what is known again by its identity."""
    if not callable(version):
        return version

    def function(*args: Any, **kwargs: Any) -> Any:
        return version(*args, **kwargs)

    async def function_async(*args: Any, **kwargs: Any) -> Any:
        return await version(*args, **kwargs)

    made = function_async if inspect.iscoroutinefunction(version) else function
    made.__name__ = made.__qualname__ = "function"
    return made
