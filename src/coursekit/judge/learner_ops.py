"""Operations that the judge may ask of the learner's process, by name."""

import itertools
import json
from collections.abc import Callable, Iterator
from typing import Any

from coursekit.core.answers_file import SECTIONS
from coursekit.judge.channel import LearnerChannel
from coursekit.judge.exceptions import advance
from coursekit.judge.mirrored import refill

ANSWERS = 1_000_000  # characters of what was answered and guessed
NAMES = 10_000
ITEMS = 100_000  # of an iterator, taken at once


def walk(lazy: Iterator[Any]) -> Iterator[Any]:
    """The items of an iterator, taken now: its work belongs to the call that gave it.

    An error comes in its place, and what is beyond `ITEMS` stays lazy.
    """
    items: list[Any] = []
    try:
        items.extend(itertools.islice(lazy, ITEMS))
    except Exception as error:
        return _taken(items, lazy, error)
    return _taken(items, lazy)


def _taken(
    items: list[Any], rest: Iterator[Any], error: Exception | None = None
) -> Iterator[Any]:
    yield from items
    if error:
        raise error
    yield from rest


def _iter(link: LearnerChannel, ref: int) -> Iterator[Any]:
    return link.walked.get(ref) or iter(link.refs[ref][0])


def _take(link: LearnerChannel, ref: int, count: int) -> list[Any]:
    return list(itertools.islice(link.walked.get(ref) or link.refs[ref][0], count))


def _answers(link: LearnerChannel) -> str:
    return json.dumps({name: link.record.section(name) for name in SECTIONS})[:ANSWERS]


def _refill(link: LearnerChannel, place: list[Any], trees: list[Any]) -> None:
    mine, parts = link.handed.at(*place), [link.unpack(tree) for tree in trees]
    pairs = zip(parts[::2], parts[1::2], strict=False)
    refill(mine, pairs if isinstance(mine, dict) else parts)


def _set(link: LearnerChannel, ref: int, key: Any, value: Any) -> None:
    link.refs[ref][0][link.unpack(key)] = link.unpack(value)


def _del(link: LearnerChannel, ref: int, key: Any) -> None:
    del link.refs[ref][0][link.unpack(key)]


def _on(fn: Callable[..., Any]) -> Callable[..., Any]:
    """An operation on an object and, mostly, one value."""

    def do(link: LearnerChannel, ref: int, *trees: Any) -> Any:
        return fn(link.refs[ref][0], *map(link.unpack, trees))

    return do


DO: dict[str, Callable[..., Any]] = {
    "has": lambda link, name: name in link.names,
    "get": lambda link, name: link.names[name],
    "names": lambda link: list(itertools.islice(link.names, NAMES)),
    "answers": _answers,
    "attr": lambda link, ref, name: getattr(link.refs[ref][0], name),
    "take": _take,
    "refill": _refill,
    "seen": lambda link, place: link.handed.at(*place),
    "set": _set,
    "del": _del,
    "len": _on(len),
    "bool": _on(bool),
    "hash": _on(hash),
    "repr": _on(lambda value: repr(value)[:1000]),
    "iter": _iter,
    "aiter": _on(aiter),
    "anext": _on(advance),
    "eq": _on(lambda value, other: bool(value == other)),
    "in": _on(lambda value, item: item in value),
    "item": _on(lambda value, key: value[key]),
}
