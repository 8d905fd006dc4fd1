"""Hand right and wrong versions to a learner's own test, one after another."""

import inspect
import random
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from coursekit.check.check import Check

T = TypeVar("T")
Turn = tuple[str, Any]  # the name of a wrong version, and the version
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
    counts its calls, asks a version for its name or takes the first one for the right
    one gains nothing.
    """
    draw = random.Random(check.seed)
    turns = _turns(draw, [("", right) for right in rights], list(wrongs.items()))
    alarm, said = "", dict[str, str]()
    for name, version in turns:
        found = verdict(_stand_in(version))
        if not name:
            alarm = alarm or found
        elif said.get(name, "AssertionError").startswith("AssertionError"):
            said[name] = found
    return alarm, {name: said[name] for name in wrongs}


def _turns(draw: random.Random, rights: list[Turn], wrongs: list[Turn]) -> list[Turn]:
    """An order in which no place tells whether a version is right.

    What came first is wrong, so it is nothing to compare the others with. How many
    wrong ones come before a right one is drawn, and each comes there but once: being
    loud at first catches nothing. A right one is the last.
    """
    draw.shuffle(rights)
    draw.shuffle(wrongs)
    first = wrongs[: draw.randint(1, max(1, len(wrongs)))]
    rest = rights * (RIGHT - 1) + wrongs * WRONG
    for turn in first + rights[:1]:
        rest.remove(turn)
    draw.shuffle(rest)
    return [*first, *rights[:1], *rest, *rights]


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
