"""Plain data: what checks compare, without asking the learner's own methods."""

import math
import sys
from decimal import Decimal
from fractions import Fraction
from typing import Any

from coursekit.core.counting import bare

ATOMS = (type(None), bool, int, float, str, bytes)
EXACT = (Decimal, Fraction)  # other ways to write a number
REAL = "biuf"  # NumPy's letters for bool, int and float


def native(value: Any) -> Any:
    """A counted value or another kind of number as the built-in it stands for.

    That is a NumPy scalar, a NumPy array of no dimension, a Fraction or a Decimal; any
    other value is returned as is.
    """
    value = bare(value)
    if type(value) in EXACT:
        try:
            return float(value)
        except (OverflowError, ValueError):  # too large, or a signalling NaN
            return value
    numpy = sys.modules.get("numpy")
    if numpy is None:
        return value
    alone = type(value) is numpy.ndarray and not value.ndim and value.dtype.kind in REAL
    if alone or type(value) in set(numpy.sctypeDict.values()):
        return value.item()
    return value


def is_plain(value: Any, depth: int = 20) -> bool:
    """Whether `value` is built-in data all the way down (exact types, 20 levels)."""
    value = native(value)
    kind = type(value)
    if kind in ATOMS:
        return True
    if depth == 0:
        return False
    if kind in (list, tuple, set, frozenset):
        return all(is_plain(item, depth - 1) for item in value)
    if kind is dict:
        return all(
            is_plain(k, depth - 1) and is_plain(v, depth - 1) for k, v in value.items()
        )
    return False


def same(got: Any, expected: Any) -> bool:
    """Equal plain data; int and float compare by value, bool only with bool.

    A value that is not plain (or not a number, NaN) equals nothing.
    """
    if not (is_plain(got) and is_plain(expected)):
        return False
    return _same(got, expected)


def _same(got: Any, expected: Any) -> bool:
    got, expected = native(got), native(expected)
    if type(got) in (int, float) and type(expected) in (int, float):
        return bool(got == expected)
    if type(got) is not type(expected):
        return False
    if type(got) in (list, tuple):
        return len(got) == len(expected) and all(
            _same(a, b) for a, b in zip(got, expected, strict=True)
        )
    if type(got) is dict:
        return len(got) == len(expected) and all(
            key in expected and _same(value, expected[key])
            for key, value in got.items()
        )
    return bool(got == expected)


def number(value: Any) -> float | None:
    """A finite int or float (bool is neither) as a float, else None."""
    value = native(value)
    if type(value) not in (int, float):
        return None
    try:
        value = float(value)
    except OverflowError:
        return None
    return value if math.isfinite(value) else None
