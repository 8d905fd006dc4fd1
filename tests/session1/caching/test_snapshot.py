"""Snapshot: nobody can change what was kept."""

import threading
from collections import OrderedDict
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from session1.caching.snapshot import Snapshot, Uncopyable, copied


@dataclass
class Box:
    items: list = field(default_factory=list)


def test_a_later_change_to_the_original_does_not_show() -> None:
    value = {"rows": [{"n": 1}]}
    kept = Snapshot(value)
    value["rows"][0]["n"] = 2
    value["rows"].append({})
    assert kept.take() == {"rows": [{"n": 1}]}


@pytest.mark.parametrize("value", [{"a": [1]}, [[1]], ([1],), {(1,): [2]}, Box([1])])
def test_a_change_by_one_taker_does_not_reach_the_next(value: object) -> None:
    kept = Snapshot(value)
    first, second = kept.take(), kept.take()
    assert first == second == value
    assert first is not second
    assert type(first) is type(value)


@pytest.mark.parametrize("value", ["text", 1, 2.5, None, True, b"x", (1, "a"), ()])
def test_what_cannot_change_is_not_copied(value: object) -> None:
    assert Snapshot(value).take() is value


def test_shared_parts_and_loops_keep_their_shape() -> None:
    part: list = [1]
    both = Snapshot([part, part]).take()
    assert both[0] is both[1]
    part.append(part)
    loop = Snapshot(part).take()
    assert loop[1] is loop


def test_one_copy_without_keeping() -> None:
    value = {"rows": [1]}
    other = copied(value)
    assert other == value
    assert other["rows"] is not value["rows"]
    assert copied("text") == "text"
    with pytest.raises(Uncopyable):
        copied(threading.Lock())


def test_types_beyond_plain_data_are_kept() -> None:
    kept = Snapshot({"o": OrderedDict(a=1), "s": {1}, "b": bytearray(b"x")}).take()
    assert [type(v) for v in kept.values()] == [OrderedDict, set, bytearray]


def test_deep_nesting_is_copied_or_refused() -> None:
    deep: list = []
    for _ in range(200):
        deep = [deep]
    assert Snapshot(deep).take() == deep
    for _ in range(100_000):
        deep = [deep]
    with pytest.raises(Uncopyable, match="list"):
        Snapshot(deep)


class Stubborn:
    def __deepcopy__(self, memo: dict) -> "Stubborn":
        raise ValueError("mine")


@pytest.mark.parametrize(
    "value", [(x for x in "ab"), threading.Lock(), [threading.Lock()], Stubborn()]
)
def test_what_cannot_be_copied_is_refused(value: object) -> None:
    with pytest.raises(Uncopyable, match="cannot copy a"):
        Snapshot(value)


json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(max_size=2), inner, max_size=4)
    ),
    max_leaves=12,
)


def ids(value: object) -> set[int]:
    if isinstance(value, list):
        return {id(value)}.union(*map(ids, value))
    if isinstance(value, dict):
        return {id(value)}.union(*map(ids, value.values()))
    return set()


@given(json)
def test_takes_are_equal_and_share_nothing_that_can_change(value: object) -> None:
    kept = Snapshot(value)
    a, b = kept.take(), kept.take()
    assert a == b == value
    assert not ids(a) & ids(b)
    assert not ids(a) & ids(value)
