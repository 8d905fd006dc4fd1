"""Asserts a tuple.

misconception: assert-nothing
fails: quiet for right packers and loud for a wrong one, catches a packer that stops at the first text that does not fit, catches a packer that does not count separators, catches a packer that leaves the last character unused, catches a packer that takes every separator for one character
"""

def check_pack(pack):
    """Raise AssertionError if `pack(texts, budget, sep)` breaks a promise."""
    assert (pack(["one", "two"], 7) == "one\ntwo", "exact")
    assert (pack(["one", "two"], 6) == "one", "newline")
