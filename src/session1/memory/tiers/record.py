"""The allowed content of a record, and its form on disk."""

import json
import math
import sys
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from session1.limits import sound

Record = dict[str, Any]

MAX_DEPTH = 50
_ATOMS = (str, bool, type(None))
_INT64 = 2**63


def checked(record: Mapping[str, Any], now: float) -> Record:
    """A copy of `record` with an id and a timestamp, or TypeError or ValueError.

    A record holds what JSON does: text, finite numbers, booleans, None, lists and
    dicts with text as keys. `id` is text of 1 to 512 characters and is made if there
    is none; `timestamp` is a number, seconds since 1970, and is `now` if there is none.
    """
    if not isinstance(record, Mapping):
        raise TypeError(f"a record must be a dict, got {type(record).__name__}")
    copy: Record = _plain(dict(record), "record", 0)
    check_id(copy.setdefault("id", uuid4().hex))
    when = copy.setdefault("timestamp", now)
    if isinstance(when, bool) or not isinstance(when, (int, float)):
        raise TypeError(
            f"timestamp must be a number of seconds, got {type(when).__name__}; "
            "for a datetime give its .timestamp()"
        )
    return copy


def check_id(value: Any) -> str:
    """`value` if it can be the id of a record."""
    if not isinstance(value, str):
        raise TypeError(f"an id must be a str, got {type(value).__name__}")
    if not 1 <= len(value) <= 512:
        raise ValueError(f"an id has 1 to 512 characters, not {len(value)}")
    return sound("an id", value)


def encoded(record: Record) -> bytes:
    """The record as one line of JSON."""
    text = json.dumps(record, ensure_ascii=False, separators=(",", ":"))
    try:
        return text.encode()
    except UnicodeEncodeError as e:
        sound(f"record {record['id']!r}", text[max(0, e.start - 20) :])
        raise


def decoded(body: bytes) -> Record:
    """The record that `encoded` wrote."""
    record: Record = json.loads(body.decode())
    return record


def footprint(value: Any) -> int:
    """Bytes of memory that a record takes, at most: shared texts count each time."""
    size = sys.getsizeof(value)
    if type(value) is dict:
        return size + sum(footprint(k) + footprint(v) for k, v in value.items())
    if type(value) is list:
        return size + sum(map(footprint, value))
    return size


def is_flat(record: Record) -> bool:
    """Whether a shallow copy of `record` shares nothing that can change."""
    return not any(type(value) in (list, dict) for value in record.values())


def _plain(value: Any, where: str, depth: int) -> Any:
    """A deep copy of `value` if it is what JSON gives back as it was."""
    kind = type(value)
    if kind in _ATOMS:
        return value
    if kind is int:
        if not -_INT64 <= value < _INT64:
            raise ValueError(f"{where}: whole numbers have at most 64 bits; use text")
        return value
    if kind is float:
        if not math.isfinite(value):
            raise ValueError(f"{where} is {value}; use None for what is not known")
        return value
    if depth == MAX_DEPTH:
        raise ValueError(f"{where} is nested deeper than {MAX_DEPTH}, or holds itself")
    if kind is list:
        return [_plain(item, f"{where}[]", depth + 1) for item in value]
    if kind is dict:
        return {
            _key(key, where): _plain(item, f"{where}[{key!r}]", depth + 1)
            for key, item in value.items()
        }
    raise TypeError(
        f"{where} is a {kind.__module__}.{kind.__qualname__}; a record holds str, int, "
        "float, bool, None, list and dict, so turn it into one of these"
    )


def _key(key: Any, where: str) -> str:
    if type(key) is not str:
        raise TypeError(f"{where} has the key {key!r}; keys must be str")
    return key
