"""Cache keys from call parameters: equal exactly when the calls are the same."""

import dataclasses
import datetime as dt
from collections.abc import Hashable, Mapping
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from hashlib import blake2b
from pathlib import PurePath
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

MAX_BYTES = 1_000_000  # of text and numbers in one call's parameters
MAX_DEPTH = 50
_KEPT = 200  # characters or bytes; what is longer is in the key as a digest
_ITEM = 64  # bytes that any value counts for beyond its own length


class Uncacheable(TypeError):
    """A value that has no dependable identity, or too much of it, to be a key."""


def key_of(name: str, params: Mapping[str, Any]) -> Hashable:
    """A key for the call `name(**params)`, blind to the order of the parameters.

    1, 1.0 and True differ, as do a list and a tuple; dicts and sets have no order.
    Raises `Uncacheable` for NaN, for objects known only by where they are in memory,
    and for parameters of more than `MAX_BYTES` or nested deeper than `MAX_DEPTH`.
    """
    # Most calls: a few short texts and whole numbers, which are their own keys.
    for key, value in params.items():
        kind = type(value)
        if type(key) is str and (
            (kind is str and len(value) <= _KEPT)
            or (kind is int and -(2**63) <= value < 2**63)
        ):
            continue
        return (name, _Freezer().items(params, 0))
    return (name, frozenset(params.items()))


class _Freezer:
    """Turns values into hashable ones; counts their size as it goes.

    A text or whole number stands for itself. Everything else becomes a tuple that
    begins with its type, so that nothing equals a value of another type.
    """

    def __init__(self) -> None:
        self._left = MAX_BYTES

    def freeze(self, value: Any, depth: int) -> Hashable:
        kind = type(value)
        if kind is str:
            return self._text(value)
        if kind is int:
            self._spend(value.bit_length() // 8)
            return int(value)
        if kind is bytes or kind is bytearray:
            return (kind, self._bytes(value))
        if (spell := _SPELLED.get(kind)) is not None:
            self._spend(_ITEM)
            return (kind, spell(value))
        if depth == MAX_DEPTH:
            raise Uncacheable(f"nested more than {MAX_DEPTH} deep, or holds itself")
        return self._nested(kind, value, depth + 1)

    def items(self, mapping: Mapping[Any, Any], depth: int) -> frozenset[Hashable]:
        return frozenset(
            (self.freeze(key, depth), self.freeze(value, depth))
            for key, value in mapping.items()
        )

    def _nested(self, kind: type, value: Any, depth: int) -> Hashable:
        self._spend(_ITEM)
        if kind is dict:
            return (kind, self.items(value, depth))
        if kind is list or kind is tuple:
            return (kind, *[self.freeze(item, depth) for item in value])
        if kind is set or kind is frozenset:
            return (kind, frozenset(self.freeze(item, depth) for item in value))
        if isinstance(value, Enum):
            return (kind, value.name)
        if isinstance(value, PurePath):
            return (kind, self._text(str(value)))
        if dataclasses.is_dataclass(kind):
            return (kind, self.items(_fields(value), depth))
        raise Uncacheable(
            f"a {kind.__qualname__} has no value that a key could stand for; "
            "pass plain data (text, numbers, lists, dicts, dataclasses)"
        )

    def _text(self, text: str) -> Hashable:
        if len(text) <= _KEPT:
            self._spend(len(text))
            return text
        return (str, self._bytes(text.encode("utf-8", "surrogatepass")))

    def _bytes(self, data: bytes | bytearray) -> Hashable:
        self._spend(len(data))
        if len(data) <= _KEPT:
            return bytes(data)
        return (len(data), blake2b(data, digest_size=16).digest())

    def _spend(self, size: int) -> None:
        self._left -= size + _ITEM
        if self._left < 0:
            raise Uncacheable(f"parameters of more than {MAX_BYTES:,} bytes")


def _fields(value: Any) -> dict[str, Any]:
    """The fields of a dataclass that shows all it holds."""
    names = {field.name for field in dataclasses.fields(value)}
    hidden = names ^ set(getattr(value, "__dict__", names))
    if hidden:
        kind = type(value).__qualname__
        raise Uncacheable(f"a {kind} whose fields do not tell about {min(hidden)!r}")
    return {name: getattr(value, name) for name in names}


def _float(value: float) -> Hashable:
    if value != value:
        raise Uncacheable("NaN equals nothing, itself included")
    return value or str(value)  # 0.0 and -0.0 are equal and not the same


def _complex(value: complex) -> Hashable:
    return (_float(value.real), _float(value.imag))


def _moment(value: dt.datetime | dt.time) -> Hashable:
    # Equal instants in two zones are two parameters: a tool may look at the zone.
    zone = value.tzinfo
    if zone is not None and type(zone) not in (dt.timezone, ZoneInfo):
        raise Uncacheable(f"a time zone of type {type(zone).__qualname__}")
    return (value.isoformat(), value.fold, repr(zone))


# Types that are rarer than text and whole numbers, and how each is spelled.
_SPELLED: dict[type, Any] = {
    bool: bool,
    type(None): bool,
    float: _float,
    complex: _complex,
    Decimal: str,  # Decimal("1.0") == Decimal("1.00")
    Fraction: str,
    UUID: str,
    range: lambda r: (r.start, r.stop, r.step),
    dt.date: str,
    dt.datetime: _moment,
    dt.time: _moment,
    dt.timedelta: lambda d: d,
}
