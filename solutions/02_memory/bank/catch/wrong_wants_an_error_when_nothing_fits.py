"""Wants an error when nothing fits.

misconception: overfit-the-test
fails: ?
"""

def check_pack(pack):
    """Raise AssertionError if `pack(texts, budget, sep)` breaks a promise."""
    try:
        pack(["far too long"], 5)
    except ValueError:
        pass
    else:
        raise AssertionError("nothing fits")
