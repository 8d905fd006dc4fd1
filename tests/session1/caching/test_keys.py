"""key_of: equal exactly when the calls are the same; refuses what has no identity."""

import dataclasses
import datetime as dt
import enum
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from session1.caching.keys import MAX_BYTES, Uncacheable, key_of


class Colour(enum.Enum):
    RED = 1


class Level(enum.IntEnum):
    LOW = 1


@dataclasses.dataclass
class Point:
    x: object
    y: object = 0


@dataclasses.dataclass
class Place:
    x: object
    y: object = 0


BERLIN, UTC = ZoneInfo("Europe/Berlin"), dt.UTC
NOON = dt.datetime(2024, 1, 1, 12, tzinfo=UTC)
LONG = "x" * 5_000

DIFFERENT = [
    *[0, 0.0, -0.0, False, None, "", b"", bytearray(), (), [], {}, set(), frozenset()],
    *[1, 1.0, True, "1", b"1", 1 + 0j, Decimal("1"), Decimal("1.0"), "True", Level.LOW],
    *[[1], [1.0], [True], (1,), {1}, frozenset({1}), {1: 1}, {"1": 1}, [[1]], [(1,)]],
    *[
        [1, 2],
        [2, 1],
        [[1], 2],
        [1, [2]],
        {"a": {"b": 1}},
        {"a": 1, "b": 1},
        ["a", "b"],
    ],
    *[{1: "a"}, {True: "a"}, {1.0: "a"}, {None: "a"}, float("inf"), float("-inf")],
    *[
        2**63,
        2**64,
        float(2**64),
        LONG,
        LONG + "x",
        LONG.encode(),
        "\ud800",
        "é",
        "e\u0301",
    ],
    *[NOON, NOON.astimezone(BERLIN), NOON.replace(tzinfo=None), NOON.date()],
    *[Colour.RED, "RED", Point(1), Point(1.0), Place(1), {"x": 1, "y": 0}],
    *[Path("a"), "a", range(3), [0, 1, 2], dt.timedelta(1)],
]


def test_no_two_different_values_share_a_key() -> None:
    keys = [key_of("t", {"v": value}) for value in DIFFERENT]
    twins = [
        (DIFFERENT[i], DIFFERENT[j])
        for i in range(len(keys))
        for j in range(i)
        if keys[i] == keys[j]
    ]
    assert twins == []


def test_tool_and_parameter_names_are_part_of_the_key() -> None:
    keys = {
        key_of("a", {}),
        key_of("b", {}),
        key_of("a", {"x": 1}),
        key_of("a", {"y": 1}),
        key_of("a", {1: 1}),  # type: ignore[dict-item]
        key_of("a", {1.0: 1}),  # type: ignore[dict-item]
        key_of("a", {True: 1}),  # type: ignore[dict-item]
    }
    assert len(keys) == 7


def test_order_of_dicts_and_sets_does_not_matter() -> None:
    a = key_of("t", {"p": {"x": 1, "y": [{"k": {3, 1, 2}, "l": 2.5}]}, "q": "z"})
    b = key_of("t", {"q": "z", "p": {"y": [{"l": 2.5, "k": {2, 3, 1}}], "x": 1}})
    assert a == b
    assert hash(a) == hash(b)


def test_mixed_types_need_no_order() -> None:
    one = {"v": {1, "a", None, (2,)}, "w": {1: 0, "a": 0}}
    assert key_of("t", one) == key_of("t", dict(reversed(one.items())))


def test_what_lives_in_memory_only_is_refused() -> None:
    class Handle:
        pass

    class Loud:
        def __repr__(self) -> str:
            return "Loud()"

    for bad in [
        Handle(),
        Loud(),
        object(),
        Handle,
        len,
        lambda: 0,
        iter([]),
        [Handle()],
    ]:
        with pytest.raises(Uncacheable, match="no value that a key could stand for"):
            key_of("t", {"v": bad})


def test_arrays_are_refused_rather_than_told_apart_by_a_summary() -> None:
    numpy = pytest.importorskip("numpy")
    for bad in [numpy.zeros(5_000), numpy.float64(1), numpy.int64(1)]:
        with pytest.raises(Uncacheable):
            key_of("t", {"v": bad})


@pytest.mark.parametrize(
    "bad", [float("nan"), complex(0, float("nan")), [float("nan")]]
)
def test_nan_is_refused(bad: object) -> None:
    with pytest.raises(Uncacheable, match="NaN"):
        key_of("t", {"v": bad})


def test_a_dataclass_that_hides_state_is_refused() -> None:
    point = Point(1)
    point.__dict__["secret"] = 2
    with pytest.raises(Uncacheable, match="secret"):
        key_of("t", {"v": point})


def test_a_time_zone_without_a_name_is_refused() -> None:
    class Zone(dt.tzinfo):
        def utcoffset(self, when: object) -> dt.timedelta:
            return dt.timedelta(0)

    with pytest.raises(Uncacheable, match="time zone"):
        key_of("t", {"v": NOON.replace(tzinfo=Zone())})


def test_huge_parameters_are_refused_soon() -> None:
    loop: list[object] = []
    loop.append(loop)
    deep: object = 1
    for _ in range(10_000):
        deep = [deep]
    huge = [
        "x" * (MAX_BYTES + 1),
        bytes(MAX_BYTES + 1),
        [0] * 10**6,
        1 << 10**8,
        loop,
        deep,
    ]
    for bad in huge:
        with pytest.raises(Uncacheable, match="more than"):
            key_of("t", {"v": bad})


def test_a_long_text_is_in_the_key_as_a_digest_only() -> None:
    assert len(repr(key_of("t", {"v": "x" * 900_000}))) < 300


def test_keys_are_the_same_in_every_process() -> None:
    code = (
        "from session1.caching.keys import key_of;"
        "print(key_of('t', {'v': {'b', 'a'}}) == key_of('t', {'v': {'a', 'b'}}))"
    )
    for seed in "12":
        run = [sys.executable, "-c", code]
        env = {"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)}
        assert subprocess.check_output(run, env=env, text=True).strip() == "True"


atoms = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-2, 2),
    st.sampled_from([0.0, 1.0, -0.0, 0.5]),
    st.text("ab1", max_size=2),
    st.binary(max_size=1),
)
values = st.recursive(
    atoms,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.lists(inner, max_size=3).map(tuple),
        st.dictionaries(st.text("ab", max_size=1), inner, max_size=3),
    ),
    max_leaves=8,
)


def spelled(value: object) -> str:
    """The value with its types, dicts in one order: what a key must tell apart."""
    if isinstance(value, dict):
        pairs = sorted(f"{spelled(k)}:{spelled(v)}" for k, v in value.items())
        return "{" + ",".join(pairs) + "}"
    if isinstance(value, list | tuple):
        return f"{type(value).__name__}[{','.join(map(spelled, value))}]"
    return f"{type(value).__name__}={value!r}"


@given(values, values)
def test_keys_are_equal_exactly_when_the_values_are(a: object, b: object) -> None:
    same = spelled(a) == spelled(b)
    assert (key_of("t", {"v": a}) == key_of("t", {"v": b})) is same
