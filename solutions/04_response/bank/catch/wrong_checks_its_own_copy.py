"""misconception: assert-nothing
fails: quiet for right versions and loud for a wrong one, catches a version that is one rank too high, catches a version that rounds the rank down, catches a version that does not sort, catches a version that returns a value between two
"""

def check_percentile(percentile):
    """Raise AssertionError if `percentile(values, p)` is not nearest rank."""

    def percentile(values, p):
        return sorted(values)[max(1, math.ceil(p * len(values) / 100)) - 1]

    times = [420, 180, 90, 2000, 510, 350, 270, 760, 130, 640]
    assert percentile(times, 50) == 350
    assert percentile(times, 90) == 760
    assert percentile(times, 95) == 2000
