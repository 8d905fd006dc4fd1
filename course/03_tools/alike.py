"""Values for the tests of `freeze`: which of them are one call, and which are not."""

from collections.abc import Callable
from typing import Any

# a value, another one, whether they are one call, what it shows, where to look
Case = tuple[Any, Any, bool, str, str]
TYPE = "what stands before a value has to differ for int, float, bool and str"
ITEMS = "is each item really frozen?"
CASES: list[Case] = [
    ([1], [2], False, "other items, another key", ITEMS),
    ({"a": 1}, {"b": 1}, False, "other names, another key", "freeze names and values"),
    (
        {"a": 1, "b": [2]},
        {"b": [2], "a": 1},
        True,
        "another order, the same key",
        "pairs in a frozenset have no order; in a tuple, list or text they do",
    ),
    (
        [{"a": 1, "b": [2]}],
        [{"b": [2], "a": 1}],
        True,
        "inside a list too",
        "freeze each item, no text of it",
    ),
    (
        [1, 2],
        [2, 1],
        False,
        "items have an order",
        "only what is in a dict has none: a tuple keeps the order of items",
    ),
    (
        [[1, 2]],
        [[1], 2],
        False,
        "a list in a list",
        "one key for each item: a list inside is one item, with its own key",
    ),
    (
        ["Oslo"],
        ["".join("Oslo")],
        True,
        "an equal text, made anew",
        "`id` says which object it is, not which value: take the value",
    ),
    (
        {1: "a", "1": "b"},
        {"1": "b", 1: "a"},
        True,
        "1 and the text 1 as names, in another order",
        "sorted by their texts, 1 and '1' keep the order they came in",
    ),
    ([1], ["1"], False, "1 is not the text 1", "freeze each item, no text of it"),
    ({"n": 1}, {"n": True}, False, "1 is not True", TYPE),
    ({"n": 1}, {"n": 1.0}, False, "1 is not 1.0", TYPE),
    ({1: "n"}, {True: "n"}, False, "nor as a name in a dict", "freeze the names too"),
    ({1: "n"}, {"1": "n"}, False, "nor is it the text 1 there", "freeze the names too"),
    ({"n": -1}, {"n": -2}, False, "-1 is not -2", "a hash is no key: values share it"),
    ([-1], [-2], False, "not in a list either", "a hash is no key: values share it"),
    ({"n": "a"}, {"n": "A"}, False, "a is not A", "take the value as it is"),
    ({"n": "a"}, {"n": "a "}, False, "nor is a a with a blank", "take it as it is"),
    ({"n": None}, {"n": "None"}, False, "None is not a text", "take None as it is"),
    (
        {"n": 2**53},
        {"n": 2**53 + 1},
        False,
        "large numbers differ by 1",
        "take the number as it is, neither rounded nor made a float",
    ),
    ({"n": 0.12345}, {"n": 0.12346}, False, "as do small ones", "do not round"),
    (["a,b"], ["a", "b"], False, "one text is not two", "take values, no text of them"),
    ({"q": [1]}, {"q": (1,)}, False, "[1] is not (1,)", "begin with the type"),
]


def wrong(shared: Callable[[Any, Any], bool], one: bool | None = None) -> Case | None:
    """The first case where `shared(value, other)` is wrong, or of those that are `one`.

    It says whether the two values share a key.
    """
    asked = (case for case in CASES if one in (None, case[2]))
    return next((case for case in asked if shared(*case[:2]) is not case[2]), None)


def keys(one: bool) -> str:
    """How many keys two values get, in words."""
    return "one key" if one else "two keys"
