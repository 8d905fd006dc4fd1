"""What the judge may ask of the learner's process, by name."""

import itertools
import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from coursekit.grading.held import refill
from coursekit.record import SECTIONS

if TYPE_CHECKING:
    from coursekit.grading.near import Link

ANSWERS = 1_000_000  # characters of what was answered and guessed
NAMES = 10_000


def _take(link: "Link", ref: int, count: int) -> list[Any]:
    return list(itertools.islice(link.refs[ref][0], count))


def _answers(link: "Link") -> str:
    return json.dumps({name: link.record.section(name) for name in SECTIONS})[:ANSWERS]


def _refill(link: "Link", place: list[Any], trees: list[Any]) -> None:
    mine, parts = link.handed.at(*place), [link.unpack(tree) for tree in trees]
    pairs = zip(parts[::2], parts[1::2], strict=False)
    refill(mine, pairs if isinstance(mine, dict) else parts)


def _set(link: "Link", ref: int, key: Any, value: Any) -> None:
    link.refs[ref][0][link.unpack(key)] = link.unpack(value)


def _del(link: "Link", ref: int, key: Any) -> None:
    del link.refs[ref][0][link.unpack(key)]


def _on(fn: Callable[..., Any]) -> Callable[..., Any]:
    """What is done with an object and, mostly, one value."""

    def do(link: "Link", ref: int, *trees: Any) -> Any:
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
    "iter": _on(iter),
    "eq": _on(lambda value, other: bool(value == other)),
    "in": _on(lambda value, item: item in value),
    "item": _on(lambda value, key: value[key]),
}
