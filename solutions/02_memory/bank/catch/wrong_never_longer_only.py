"""Never longer only.

misconception: one-case-is-enough
fails: catches a packer that stops at the first text that does not fit, catches a packer that does not count separators, catches a packer that leaves the last character unused, catches a packer that takes every separator for one character
"""

def check_pack(pack):
    """Raise AssertionError if `pack(texts, budget, sep)` breaks a promise."""
    assert len(pack(["one", "two", "three"], 7)) <= 7
    assert pack(["one"], 7) != ""
