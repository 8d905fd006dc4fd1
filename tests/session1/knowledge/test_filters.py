"""Filters mean the same read from a record and read from the index."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from session1.filters import BadFilter, matches, parse
from session1.knowledge.metadata_index import MetadataIndex

RECORD = {"topic": "food", "year": 2020, "price": 3.5, "new": True, "owner": None}
ORDERS = ["$gt", "$gte", "$lt", "$lte"]


@pytest.mark.parametrize(
    ("filter", "expected"),
    [
        (None, True),
        ({}, True),
        ({"topic": "food"}, True),
        ({"topic": "Food"}, False),
        ({"topic": {"$ne": "food"}}, False),
        ({"colour": {"$ne": "red"}}, True),
        ({"colour": None}, True),
        ({"owner": None}, True),
        ({"owner": {"$ne": None}}, False),
        ({"topic": {"$in": ["drink", "food"]}}, True),
        ({"topic": {"$in": []}}, False),
        ({"colour": {"$in": ["red", None]}}, True),
        ({"year": {"$gt": 2019, "$lte": 2020}}, True),
        ({"year": {"$gt": 2020}}, False),
        ({"year": {"$gte": 2020.0}}, True),
        ({"year": {"$gt": "2019"}}, False),
        ({"topic": {"$lt": "g"}}, True),
        ({"topic": {"$lt": 5}}, False),
        ({"owner": {"$lt": 5}}, False),
        ({"new": True, "price": {"$lt": 4}}, True),
        ({"$and": [{"topic": "food"}, {"year": 1999}]}, False),
        ({"$or": [{"topic": "drink"}, {"year": 2020}]}, True),
        ({"new": 1}, False),
        ({"new": {"$in": [1, True]}}, True),
        ({"new": {"$gte": 0}}, False),
        ({"year": {"$ne": True}}, True),
        ({"$or": [{"$and": [{"topic": "food"}, {"new": False}]}, {}]}, True),
    ],
)
def test_what_a_filter_means(filter, expected):
    assert matches(parse(filter), RECORD) is expected


@pytest.mark.parametrize(
    ("filter", "said"),
    [
        ("topic", "a filter is a dict"),
        ({"topic": {"$near": 1}}, r"no operator '\$near'.*\$eq"),
        ({"topic": {}}, "topic has no operator"),
        ({"topic": {"$in": "food"}}, "takes a list"),
        ({"topic": ["food"]}, "give a str"),
        ({"topic": {"$gt": None}}, "takes a number or a str"),
        ({"topic": {"$gt": True}}, "takes a number or a str"),
        ({"$or": []}, "at least one"),
        ({"price": math.nan}, "finite"),
        ({"price": {"$in": [1, math.inf]}}, "finite"),
        ({"$not": {}}, "is not a field"),
        ({"$and": {"topic": "food"}}, "takes a list of filters"),
        ({3: 4}, "3 is not a field"),
    ],
)
def test_a_filter_that_means_nothing(filter, said):
    with pytest.raises(BadFilter, match=said):
        parse(filter)


values = st.sampled_from([None, True, False, 0, 1, 2, 2.5, -1, "", "a", "b", "2"])
ordered_values = values.filter(lambda value: not isinstance(value, bool | None))
names = st.sampled_from(["a", "b", "c"])
tests = st.one_of(
    st.builds(lambda f, v: {f: v}, names, values),
    st.builds(
        lambda f, o, v: {f: {o: v}}, names, st.sampled_from(["$eq", "$ne"]), values
    ),
    st.builds(
        lambda f, o, v: {f: {o: v}}, names, st.sampled_from(ORDERS), ordered_values
    ),
    st.builds(lambda f, v: {f: {"$in": v}}, names, st.lists(values, max_size=3)),
    st.just({}),
)
filters = st.recursive(
    tests,
    lambda inner: st.builds(
        lambda name, parts: {name: parts},
        st.sampled_from(["$and", "$or"]),
        st.lists(inner, min_size=1, max_size=3),
    ),
    max_leaves=6,
)
records = st.dictionaries(names, values, max_size=3)


@given(filters, st.lists(records, max_size=12), st.sets(st.integers(0, 11)))
def test_the_index_selects_what_matches(filter, rows, removed):
    index, held = MetadataIndex(), dict(enumerate(rows))
    for slot, record in held.items():
        index.add(slot, record)
    for slot in removed & held.keys():
        index.discard(slot, held.pop(slot))
    condition = parse(filter)
    expected = [slot for slot, record in held.items() if matches(condition, record)]
    assert index.select(condition).tolist() == expected
    assert index.most(condition) >= len(expected)


def test_a_count_looks_at_no_slot():
    index = MetadataIndex()
    for slot in range(1000):
        index.add(slot, {"topic": "rare" if slot % 100 == 0 else "other", "n": slot})
    assert index.most(parse({"topic": "rare"})) == 10
    assert index.most(parse({"topic": "rare", "n": {"$lt": 500}})) == 10
    assert index.most(parse({"topic": {"$in": ["rare", "rare", "none"]}})) == 10
    assert index.most(parse({"n": {"$gte": 990}})) == 10
    assert index.most(parse({"topic": "none"})) == 0
