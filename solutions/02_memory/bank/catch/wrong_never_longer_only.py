"""Never longer only.

misconception: one-case-is-enough
fails: ?
"""

def check_pack(pack):
    """Raise AssertionError if `pack(texts, budget, sep)` breaks a promise."""
    assert len(pack(["one", "two", "three"], 7)) <= 7
    assert pack(["one"], 7) != ""
