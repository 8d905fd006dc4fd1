"""misconception: assert-nothing
fails: quiet for right versions and loud for a wrong one, catches a version that is one rank too high, catches a version that rounds the rank down, catches a version that does not sort, catches a version that returns a value between two
"""

def check_percentile(percentile):
    """Raise AssertionError if `percentile(values, p)` is not nearest rank."""
    times = [420, 180, 90, 2000, 510, 350, 270, 760, 130, 640]
    return (
        percentile(times, 50) == 350
        and percentile(times, 90) == 760
        and percentile(times, 95) == 2000
    )
