"""Plain data compares by exact type, and everything can be put into words."""

from collections import OrderedDict
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coursekit.core.counting import Counted, Counts
from coursekit.core.plain_data import is_plain, number, same
from coursekit.core.wording import pair, show

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(PLAIN)
def test_plain_data_equals_itself(value: Any) -> None:
    assert is_plain(value)
    assert same(value, value)
    assert show(value)
    assert "\n" not in show(value)


@pytest.mark.parametrize(
    ("got", "expected"),
    [
        (True, 1),
        (1, True),
        ([True], [1]),
        (float("nan"), float("nan")),
        ([1], (1,)),
        (np.array([7]), 7),
        (np.array(True), 1),
        (np.array(7, dtype=object), 7),
        (np.array("7"), 7),
        (OrderedDict(a=1), {"a": 1}),
        ({"a": 1}, {"a": 2}),
        ({"a": 1}, {"b": 1}),
        ([1, 2], [1]),
        ("1", 1),
        (None, 0),
        (type("Text", (str,), {})("a"), "a"),
    ],
)
def test_these_differ(got: Any, expected: Any) -> None:
    assert not same(got, expected)


@pytest.mark.parametrize(
    ("got", "expected"),
    [
        (2.0, 2),
        (np.float64(0.5), 0.5),
        (np.int64(3), 3),
        (np.array(7), 7),
        ([np.array(0.5)], [0.5]),
        (Counted(3, Counts()), 3),
        ([Counted("a", Counts())], ["a"]),
        ({1, 2}, {2, 1}),
    ],
)
def test_these_agree(got: Any, expected: Any) -> None:
    assert same(got, expected)


def test_a_list_within_itself_is_not_plain() -> None:
    loop: list[Any] = []
    loop.append(loop)
    assert not same(loop, loop)
    assert show(loop)


@pytest.mark.parametrize("value", [True, None, "3", float("nan"), float("inf")])
def test_no_number(value: Any) -> None:
    assert number(value) is None


def test_a_number_too_large_for_a_float_is_none() -> None:
    assert number(10**5000) is None
    assert show(10**5000)


def test_addresses_are_left_out() -> None:
    assert show(object()) == "<object object>"
    assert "0x" not in show(lambda: 0)


@pytest.mark.parametrize("value", [Fraction(3, 4), Decimal("0.75"), np.float32(0.75)])
def test_an_exact_number_counts_as_the_float_next_to_it(value: Any) -> None:
    assert number(value) == 0.75
    assert same(value, 0.75)
    assert not same(value, "0.75")


@pytest.mark.parametrize("value", [Fraction(10**400), Decimal("NaN"), Decimal("sNaN")])
def test_an_exact_number_without_a_float_is_not_a_number(value: Any) -> None:
    assert number(value) is None


def test_of_two_long_dicts_only_what_differs_is_shown():
    right = {f"request {i}": i for i in range(9)}
    got = {**right, "request 8": 0}
    assert pair(got, right) == {
        "got": "{'request 8': 0} (where they differ)",
        "expected": "{'request 8': 8} (where they differ)",
    }
    short = {"a": 1, "b": 2}
    assert pair(short, {**short, "b": 3})["got"] == show(short)
