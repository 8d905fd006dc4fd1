"""Filters: what they accept, and that SQL and Python mean the same by them."""

import math
import sqlite3

import pytest
from hypothesis import given
from hypothesis import strategies as st

from session1.filters import BadFilter
from session1.memory.tiers.filters import MAX_VALUES, cell, read

FIELDS = ["a", "b"]
numbers = st.integers(-3, 3) | st.sampled_from([0.5, -0.0, 1e300, -(2**63), 2**53 + 1])
texts = st.sampled_from(["", "a", "B", "é", "\0", "𝄞", "1"])
atoms = st.none() | st.booleans() | numbers | texts
values = atoms | st.just([1]) | st.just({"a": 1})
records = st.dictionaries(st.sampled_from(FIELDS), values)
ordered = st.tuples(st.sampled_from(["$gt", "$gte", "$lt", "$lte"]), numbers | texts)
plain = st.tuples(st.sampled_from(["$eq", "$ne"]), atoms)
among = st.tuples(st.just("$in"), st.lists(atoms, max_size=3))
compared = st.lists(ordered | plain | among, min_size=1, max_size=2).map(dict)
leaves = st.dictionaries(st.sampled_from(FIELDS), atoms | compared, max_size=2)
filters = st.recursive(
    leaves,
    lambda inner: st.dictionaries(
        st.sampled_from(["$and", "$or"]), st.lists(inner, min_size=1, max_size=3)
    ),
    max_leaves=6,
)


def in_sql(wanted, rows, columns):
    """Positions of the rows that the SQL condition finds, and if that is exact."""
    where = wanted.where(columns)
    db = sqlite3.connect(":memory:")
    db.execute("CREATE TABLE t(n, x1, x2)")
    for n, row in enumerate(rows):
        cells = [cell(row.get(field)) for field in FIELDS]
        db.execute("INSERT INTO t VALUES (?, ?, ?)", (n, *cells))
    sql = f"SELECT n FROM t WHERE {where.sql or '1'}"
    found = {n for (n,) in db.execute(sql, where.values)}
    db.close()
    return found, where.exact


@given(filters, st.lists(records, max_size=8))
def test_sql_and_python_agree(given_filter, rows):
    wanted = read(given_filter)
    passed = {n for n, row in enumerate(rows) if wanted.test(row)}
    found, exact = in_sql(wanted, rows, {"a": "x1", "b": "x2"})
    assert exact and found == passed
    narrowed, exact = in_sql(wanted, rows, {"b": "x2"})
    assert passed <= narrowed
    assert not exact or narrowed == passed


@given(leaves, st.lists(records, max_size=8))
def test_ne_is_the_rest_and_and_or_are_what_they_say(leaf, rows):
    other = {"a": {"$in": [1, "a"]}}
    for row in rows:
        one, two = read(leaf).test(row), read(other).test(row)
        assert read({"$and": [leaf, other]}).test(row) == (one and two)
        assert read({"$or": [leaf, other]}).test(row) == (one or two)
        value = row.get("a")
        if not isinstance(value, (list, dict)):
            assert read({"a": value}).test(row)
            assert not read({"a": {"$ne": value}}).test(row)


def test_kinds_do_not_mix():
    assert read({"a": 1}).test({"a": 1.0})
    assert not read({"a": 1}).test({"a": True})
    assert not read({"a": "1"}).test({"a": 1})
    assert not read({"a": {"$lt": 5}}).test({"a": "4"})
    assert read({"a": None}).test({}) and read({"a": {"$ne": 1}}).test({})
    assert read({}).test({"anything": 1})


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        ([], "is a dict"),
        ({"a": {"$regex": "x"}}, r"no operator '\$regex'.*\$gte"),
        ({"$not": 1}, "is not a field"),
        ({"": 1}, "is not a field"),
        ({3: 1}, "is not a field"),
        ({"a": {}}, "has no operator"),
        ({"$or": []}, "at least one"),
        ({"$and": {"a": 1}}, "takes a list"),
        ({"a": {"$in": "abc"}}, "takes a list of values, not 'abc'"),
        ({"a": {"$gt": None}}, "a number or a str"),
        ({"a": {"$gt": True}}, "a number or a str"),
        ({"a": {"$lt": math.nan}}, "a number or a str"),
        ({"a": [1]}, r"a is \[1\]; give"),
        ({"a": b"x"}, "a is b'x'; give"),
        ({"a": math.nan}, "nan"),
        ({"a": 2**63}, "9223372036854775808"),
        ({"a": {"$in": ["\ud800"]}}, "no record can hold the text"),
        ({"a": {"$in": [1] * (MAX_VALUES + 1)}}, "30,001 values"),
    ],
)
def test_what_is_no_filter_is_told(bad, says):
    with pytest.raises(BadFilter, match=says):
        read(bad)


def test_a_filter_that_holds_itself_is_told():
    loop = {}
    loop["$and"] = [loop]
    with pytest.raises(ValueError, match="nested deeper than 50"):
        read(loop)


def test_an_infinite_bound_is_a_bound():
    wanted = read({"a": {"$lt": math.inf}})
    rows = [{"a": 1e300}, {"a": "x"}]
    assert in_sql(wanted, rows, {"a": "x1"})[0] == {0}
    assert [wanted.test(row) for row in rows] == [True, False]
