"""Data crosses unchanged and exactly typed; junk is refused."""

import json
import math
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coursekit.judge.codec import (
    BITS,
    ONE_HASH,
    Tampered,
    TooLarge,
    decode,
    encode,
    is_raw,
)
from coursekit.judge.framing import LONGEST

ATOMS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text()
    | st.binary()
    | st.just(...)
    | st.fractions()
    | st.decimals(allow_nan=False)
    | st.sampled_from([int, dict, ValueError, type(None)])
)
HASHABLE = st.recursive(
    ATOMS,
    lambda inner: (
        st.lists(inner, max_size=3).map(tuple) | st.frozensets(inner, max_size=3)
    ),
    max_leaves=6,
)
VALUES = st.recursive(
    ATOMS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.lists(inner, max_size=4).map(tuple)
        | st.sets(HASHABLE, max_size=4)
        | st.dictionaries(HASHABLE, inner, max_size=4)
    ),
    max_leaves=20,
)


def refuse(value):
    raise AssertionError(f"{value!r} is plain")


def exact(value):
    """A value with the types of all its parts."""
    kind = type(value)
    if kind in (list, tuple):
        return kind, [exact(v) for v in value]
    if kind in (set, frozenset):
        return kind, sorted(repr(exact(v)) for v in value)
    if kind is dict:
        return kind, [(exact(k), exact(v)) for k, v in value.items()]
    return kind, repr(value)


@given(VALUES)
def test_what_is_sent_is_what_comes(value):
    there = json.loads(json.dumps(encode(value, refuse)))
    assert exact(decode(there, refuse)) == exact(value)


@given(VALUES)
def test_data_that_marshal_carries_is_built_in_all_the_way_down(value):
    def plain(part):
        if type(part) is dict:
            return all(map(plain, [*part, *part.values()]))
        if type(part) in (list, tuple, set, frozenset):
            return all(map(plain, part))
        return part is None or type(part) in (bool, int, float, str, bytes)

    assert is_raw(value) == plain(value)


TREES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=5)
    | st.sampled_from(list("ltszdbeyiaknfoqm")),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(TREES)
def test_any_tree_is_a_value_or_is_refused(tree):
    def deref(_):
        raise ValueError

    try:
        value = decode(tree, deref)
    except Tampered:
        return
    exact(value)


@pytest.mark.parametrize(
    "value",
    [
        np.float64(1.5),
        np.arange(6).reshape(2, 3),
        np.array(["é", "ab"]),
        np.array(2 + 1j),
        np.zeros((0, 3), bool),
    ],
)
def test_arrays_cross(value):
    there = decode(json.loads(json.dumps(encode(value, refuse))), refuse)
    assert type(there) is type(value) and there.dtype == value.dtype
    assert np.array_equal(there, value)


def test_arrays_of_objects_do_not():
    array = np.array([object()])
    assert encode(array, lambda value: ["f", value is array]) == ["f", True]
    assert not is_raw(np.arange(3)) and not is_raw(bytearray(b"x"))


@pytest.mark.parametrize(
    "tree",
    [
        ["a", "O", [1], ""],
        ["a", "<f8", [-1], "AAAA"],
        ["a", "<f8", [1 << 60], ""],
        ["a", "V9999", None, "AAAA"],
        ["i", "0x" + "f" * 10_000_000 + "g"],
        ["d", 1],
        ["d", ["l"], 1],
        ["s", ["l"]],
        ["y", "eval"],
        ["b", "é"],
        ["m", 5],
        ["m", "one"],
        ["q", 1],
        ["l"] * 3 + [{}],
        [],
        [["l"]],
    ],
)
def test_junk_is_refused(tree):
    with pytest.raises(Tampered):
        decode(tree, refuse)


def test_deep_wide_and_circular_data_is_too_large():
    circle: list = []
    circle.append(circle)
    deep: list = []
    for _ in range(100):
        deep = [deep]
    for value in (circle, deep, [0] * 300_000, "x" * 5_000_000, 1 << 50_000):
        with pytest.raises(TooLarge):
            encode(value, refuse)
    tree: list = ["l"]
    for _ in range(100):
        tree = ["l", tree]
    with pytest.raises(Tampered):
        decode(tree, refuse)


LEAST = -2.2250738585072014e-308  # no number is written longer
FULL = [
    "x" * 3_980_000,
    '"' * 3_980_000,
    "é" * 1_320_000,
    "\0" * 1_320_000,
    "😀" * 660_000,
    b"x" * 3_980_000,
    [1 << BITS - 1] * 780,
    [*[LEAST] * 199_000, "é" * 450_000],
]


@pytest.mark.parametrize("value", FULL, ids=range(len(FULL)))
def test_what_crosses_fits_into_a_frame_and_what_does_not_is_too_large(value):
    assert len(json.dumps(encode(value, refuse))) < LONGEST - 1_000
    with pytest.raises(TooLarge):
        encode([value, value], refuse)


def test_keys_that_were_chosen_to_collide_are_refused():
    numbers = range(2**20, 2**20 + ONE_HASH + 1)
    same = [["i", hex(k * (2**61 - 1))] for k in numbers]
    exact = [["m", str(k * (2**61 - 1))] for k in numbers]
    assert len({hash(decode(tree, refuse)) for tree in same}) == 1
    pairs = [tree for key in same for tree in (key, 0)]
    for tree in (["s", *same], ["z", *same], ["d", *pairs], ["s", *exact]):
        with pytest.raises(Tampered):
            decode(tree, refuse)
    assert len(decode(["s", *same[1:]], refuse)) == ONE_HASH
    assert decode(encode(many := set(range(10_000)), refuse), refuse) == many


def test_numbers_that_json_does_not_know():
    values = [math.inf, -math.inf, 2**63, -(2**63) - 1, 2**63 - 1]
    assert decode(json.loads(json.dumps(encode(values, refuse))), refuse) == values
    (nan,) = decode(json.loads(json.dumps(encode([math.nan], refuse))), refuse)
    assert math.isnan(nan)


@pytest.mark.parametrize(
    "value",
    [
        datetime(1969, 12, 31, 23, 59, 59, 7, UTC),
        datetime(2024, 2, 29),
        datetime(2024, 2, 29, tzinfo=timezone(timedelta(hours=-3.5))),
        timedelta(-3, 5, 7),
    ],
)
def test_moments_and_the_time_between_them_cross(value):
    assert decode(json.loads(json.dumps(encode(value, refuse))), refuse) == value


@pytest.mark.parametrize(
    "tree", [["w", 5], ["w", "today"], ["v", "1"], ["v", math.nan], ["w"]]
)
def test_what_is_not_a_moment_is_refused(tree):
    with pytest.raises(Tampered):
        decode(tree, refuse)


@pytest.mark.parametrize(
    "value",
    [
        Fraction(3, 4),
        Fraction(-1, 3**5_000),
        Decimal("0.10"),
        Decimal("-0"),
        Decimal("1e-3990"),
        Decimal("-Infinity"),
        Decimal("NaN"),
    ],
)
def test_exact_numbers_cross_as_they_are(value):
    there = decode(json.loads(json.dumps(encode(value, refuse))), refuse)
    assert type(there) is type(value) and repr(there) == repr(value)


@pytest.mark.parametrize(
    "value",
    [
        Fraction(1, 3**9_000),
        Decimal("1e4000"),
        Decimal("1e-999999999"),
        Decimal("9" * 4_001),
        Decimal("sNaN"),
    ],
)
def test_exact_numbers_that_are_slow_to_use_cross_as_references(value):
    assert encode(value, lambda other: ["f", other is value]) == ["f", True]
    junk = [["m", str(value)]]
    if type(value) is Fraction:
        junk = [["q", 1, ["i", hex(value.denominator)]], ["q", 1, 0], ["q", 1.5, 2]]
    for tree in junk:
        with pytest.raises(Tampered):
            decode(tree, refuse)
