"""Prints.

misconception: assert-nothing
fails: ?
"""

def check_pack(pack):
    """Raise AssertionError if `pack(texts, budget, sep)` breaks a promise."""
    if pack(["one", "two"], 6) != "one":
        print("the newline is not counted")
