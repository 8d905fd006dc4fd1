"""Lists, dicts and sets that both sides hold: numbered alike, kept alike."""

import operator
from collections.abc import Iterable
from typing import Any

from coursekit.grading.codec import DEPTH

HELD = (list, dict, set)


def containers(values: Iterable[Any], depth: int = DEPTH) -> list[Any]:
    """The lists, dicts and sets in `values` and inside each other; tuples stay shut.

    Each comes before its parts, so that both sides number them alike.
    """
    found: list[Any] = []
    for value in values:
        if isinstance(value, HELD):
            found.append(value)
            if depth:
                found += containers(_parts(value), depth - 1)
    return found


def _parts(value: Any) -> Iterable[Any]:
    if isinstance(value, set):
        return ()
    if isinstance(value, dict):
        return list(value.values())
    # a counted list would count this as reads
    parts = list(list.__iter__(value))
    # thousands of atoms are passed over at once
    return parts if any(issubclass(k, HELD) for k in set(map(type, parts))) else ()


def is_as(value: Any, before: Any) -> bool:
    """Whether a container still holds the very objects that its copy holds."""
    if len(value) != len(before):
        return False
    if isinstance(value, set):
        return all(item in value for item in before)
    if isinstance(value, dict):
        values = map(operator.is_, value.values(), before.values())
        return all(map(operator.is_, value, before)) and all(values)
    return all(map(operator.is_, value, before))


def refill(mine: Any, content: Any) -> None:
    """Give a container of ours the content that the other side's has now."""
    if isinstance(mine, list):
        mine[:] = content
    else:
        mine.clear()
        mine.update(content)
