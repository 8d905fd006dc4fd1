"""Asserts a tuple.

misconception: assert-nothing
fails: ?
"""

def check_pack(pack):
    """Raise AssertionError if `pack(texts, budget, sep)` breaks a promise."""
    assert (pack(["one", "two"], 7) == "one\ntwo", "exact")
    assert (pack(["one", "two"], 6) == "one", "newline")
