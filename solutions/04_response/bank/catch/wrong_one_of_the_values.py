"""misconception: one-case-is-enough
fails: catches a version that is one rank too high, catches a version that returns a value between two
"""

def check_percentile(percentile):
    """Raise AssertionError if `percentile(values, p)` is not nearest rank."""
    times = [30, 10, 20, 50, 40]
    for p in (25, 50, 75):
        got = percentile(times, p)
        assert got in times
        assert got < max(times)
    assert percentile(times, 50) == 30
