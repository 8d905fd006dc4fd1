"""Wants the fullest.

misconception: overfit-the-test
fails: ?
"""

def check_pack(pack):
    """Raise AssertionError if `pack(texts, budget, sep)` breaks a promise."""
    assert pack(["aaaa", "bbb", "cc"], 6) == "bbb\ncc", "the fullest of all"
