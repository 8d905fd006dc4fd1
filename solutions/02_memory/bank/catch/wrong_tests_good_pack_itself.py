"""Tests good pack itself.

misconception: assert-nothing
fails: ?
"""

def check_pack(pack):
    """Raise AssertionError if `pack(texts, budget, sep)` breaks a promise."""
    good = lambda texts, budget, sep="\n": texts[0]
    assert good(["one", "two"], 6) == "one"
