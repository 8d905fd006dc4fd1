"""misconception: order-of-arrival
fails: catches a version that is one rank too high, catches a version that does not sort
"""

def check_percentile(percentile):
    """Raise AssertionError if `percentile(values, p)` is not nearest rank."""
    times = [10, 20, 30, 40, 50]
    assert percentile(times, 50) == 30
    assert percentile(times, 90) == 50
    assert percentile(times, 30) == 20
