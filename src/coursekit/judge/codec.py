"""Plain data as trees that JSON can carry; anything else becomes a reference.

Atoms stand for themselves, all else is a list that begins with a tag. What is decoded
has exactly the built-in types, whatever the other side sent.
"""

import base64
import builtins
import re
import sys
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from json.encoder import encode_basestring_ascii as quoted
from typing import Any

DEPTH, NODES, BITS = 40, 200_000, 40_000
DIGITS = 4_000  # of a Decimal, and places of its point: Python writes out as many
BYTES = 3_990_000  # each counted stands for up to two of the JSON, of which 8 MB pass
ONE_HASH = 100  # keys that may share a hash: a set of n such takes n² comparisons
INT64 = 1 << 63
ATOMS = frozenset({type(None), bool, int, float, str})
LISTS: dict[type, str] = {list: "l", tuple: "t", set: "s", frozenset: "z"}
MADE: dict[str, Callable[..., Any]] = {tag: kind for kind, tag in LISTS.items()}
TYPES = {n: t for n, t in vars(builtins).items() if isinstance(t, type)}
TYPES["NoneType"] = type(None)
NAMES = {kind: name for name, kind in TYPES.items()}
# modules of types that are compared without a stop
PLAIN = ("builtins", "numpy", "decimal", "fractions")
DTYPE = re.compile(r"[<>|=]?[?biufcSU]\d{0,6}")
Ref = Callable[[Any], Any]


class Tampered(Exception):
    """The other side sent something that our own code never sends."""


class TooMuch(Tampered):
    """Learner code sent more than the judge accepts for one exercise."""


class TooLarge(ValueError):
    """A value has more levels, items or bytes than may cross by value."""


class _Count:
    """The budget that is left for one value."""

    def __init__(self) -> None:
        self.nodes, self.bytes = NODES, BYTES

    def take(self, nodes: int, size: int) -> None:
        self.nodes -= nodes
        self.bytes -= size
        if self.nodes < 0 or self.bytes < 0:
            raise TooLarge("more data than can be handed over at once")


def encode(value: Any, ref: Ref) -> Any:
    """Encode `value` as a tree, what is not plain by `ref`; raises TooLarge."""
    return _encode(value, ref, DEPTH, _Count())


def _encode(value: Any, ref: Ref, depth: int, left: _Count) -> Any:
    kind = type(value)
    if kind in ATOMS:
        return _atom(value, left)
    if depth == 0:
        raise TooLarge("data nested too deeply (or inside itself)")
    left.take(1, 8)
    if kind in LISTS:
        return [LISTS[kind], *(_encode(v, ref, depth - 1, left) for v in value)]
    if kind is dict:
        parts = (x for pair in value.items() for x in pair)
        return ["d", *(_encode(v, ref, depth - 1, left) for v in parts)]
    return _exact(value, left) or _other(value, kind, left) or ref(value)


def _atom(value: Any, left: _Count) -> Any:
    if type(value) is str:
        left.take(1, len(value))
        left.take(0, max(0, len(quoted(value)) // 2 - len(value)))
        return value
    left.take(1, 13)  # no float takes more than 26 with its comma
    if type(value) is not int or -INT64 <= value < INT64:
        return value
    if value.bit_length() > BITS:
        raise TooLarge("a number too long to be handed over")
    left.take(0, value.bit_length() // 8)
    return ["i", hex(value)]


def _exact(value: Any, left: _Count) -> list[Any] | None:
    """A Decimal or Fraction small enough for fast arithmetic."""
    if type(value) is Fraction:
        parts = [value.numerator, value.denominator]
        return ["q", *(_atom(n, left) for n in parts)] if _short(*parts) else None
    if type(value) is not Decimal or value.is_snan() or not _near_one(value):
        return None
    left.take(0, len(text := str(value)))
    return ["m", text]


def _short(*numbers: int) -> bool:
    return all(n.bit_length() < 3 * DIGITS for n in numbers)


def _near_one(value: Decimal) -> bool:
    _, digits, exponent = value.as_tuple()
    places = abs(exponent) if type(exponent) is int else 0  # none where it is infinite
    return len(digits) + places < DIGITS


def _other(value: Any, kind: type, left: _Count) -> list[Any] | None:
    if kind is bytes:
        left.take(0, len(value))
        return ["b", base64.b64encode(value).decode()]
    if value is ...:
        return ["e"]
    if kind is datetime:
        return ["w", value.isoformat()]
    if kind is timedelta:
        return ["v", value.days, value.seconds, value.microseconds]
    if isinstance(value, type) and value in NAMES:
        return ["y", NAMES[value]]
    numpy = sys.modules.get("numpy")
    if numpy is None or not (kind is numpy.ndarray or issubclass(kind, numpy.generic)):
        return None
    if kind.__module__ != "numpy" or not DTYPE.fullmatch(value.dtype.str):
        return None
    left.take(0, value.nbytes)
    data = base64.b64encode(value.tobytes()).decode()
    shape = list(value.shape) if kind is numpy.ndarray else None
    return ["a", value.dtype.str, shape, data]


def decode(tree: Any, deref: Ref) -> Any:
    """Decode a tree, tags that are not plain by `deref`; raises Tampered."""
    try:
        return _decode(tree, deref, DEPTH)
    except (TypeError, ValueError, LookupError, ArithmeticError, RecursionError) as e:
        raise Tampered(f"not a value: {type(e).__name__}") from e


def _decode(tree: Any, deref: Ref, depth: int) -> Any:
    if type(tree) in ATOMS:
        return tree
    if depth < 0 or type(tree) is not list:
        raise ValueError("no tree")
    tag = tree[0]
    if tag in MADE:
        parts = [_decode(t, deref, depth - 1) for t in tree[1:]]
        return MADE[tag](parts if tag in "lt" else _keys(parts))
    if tag == "d":
        parts = [_decode(t, deref, depth - 1) for t in tree[1:]]
        return dict(zip(_keys(parts[::2]), parts[1::2], strict=True))
    return _leaf(tag, tree[1:], deref, tree)


def _keys(parts: list[Any]) -> list[Any]:
    """Members of a set or keys of a dict, unless they were chosen to collide.

    Objects may hash as they like: comparing those can be stopped.
    """
    if len(parts) > ONE_HASH:
        hashes = Counter(hash(p) for p in parts if type(p).__module__ in PLAIN)
        if max(hashes.values(), default=0) > ONE_HASH:
            raise ValueError("too many keys of one hash")
    return parts


def _leaf(tag: Any, rest: list[Any], deref: Ref, tree: list[Any]) -> Any:
    if tag == "i":
        if len(rest[0]) > BITS // 4 + 4:
            raise ValueError("too long a number")
        return int(rest[0], 16)
    if tag == "b":
        return base64.b64decode(rest[0], validate=True)
    if tag == "e":
        return ...
    if tag == "w":
        return datetime.fromisoformat(rest[0])
    if tag == "v":
        return timedelta(*rest)
    if tag == "y":
        return TYPES[rest[0]]
    if tag in ("q", "m"):
        return _number(tag, rest)
    return _array(*rest) if tag == "a" else deref(tree)


def _number(tag: str, rest: list[Any]) -> Fraction | Decimal:
    if tag == "q":
        above, below = (p if type(p) is int else int(p[1], 16) for p in rest)
        if _short(above, below):
            return Fraction(above, below)
    elif len(rest[0]) < 2 * DIGITS:
        made = Decimal(rest[0])
        if _near_one(made) and not made.is_snan():
            return made
    raise ValueError("too long a number")


def _array(dtype: str, shape: list[int] | None, data: str) -> Any:
    import numpy

    if not DTYPE.fullmatch(dtype) or not all(type(n) is int for n in shape or ()):
        raise ValueError("no such array")
    flat = numpy.frombuffer(base64.b64decode(data, validate=True), dtype)
    return flat[0] if shape is None else flat.reshape(shape).copy()


def bulk(value: Any, depth: int = DEPTH) -> int:
    """Characters and bytes of the texts in plain data."""
    kind = type(value)
    if kind is str or kind is bytes:
        return len(value)
    if not depth or (kind not in LISTS and kind is not dict):
        return 0
    parts = [*value.keys(), *value.values()] if kind is dict else value
    return sum(bulk(part, depth - 1) for part in parts)


RAW = ATOMS | {bytes}


def is_raw(value: Any, depth: int = DEPTH) -> bool:
    """Whether `value` is built-in data all the way down, so that marshal carries it."""
    kind = type(value)
    if kind in RAW:
        return True
    if depth == 0 or (kind not in LISTS and kind is not dict):
        return False
    parts = [*value.keys(), *value.values()] if kind is dict else value
    if set(map(type, parts)) <= RAW:
        return True
    return all(is_raw(part, depth - 1) for part in parts)
