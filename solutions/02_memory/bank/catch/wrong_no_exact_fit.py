"""No exact fit.

misconception: off-by-one
fails: catches a packer that leaves the last character unused
"""

def check_pack(pack):
    """Raise AssertionError if `pack(texts, budget, sep)` breaks a promise."""
    assert pack(["far too long", "ok"], 5) == "ok"
    assert pack(["one", "two"], 6) == "one"
    assert pack(["one", "two"], 9) == "one\ntwo"
    assert pack(["one", "two"], 7, "----") == "one"
