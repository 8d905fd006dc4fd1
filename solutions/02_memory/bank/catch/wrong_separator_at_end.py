"""Separator at end.

misconception: overfit-the-test
fails: ?
"""

def check_pack(pack):
    """Raise AssertionError if `pack(texts, budget, sep)` breaks a promise."""
    assert pack(["one", "two"], 8) == "one\ntwo\n"
