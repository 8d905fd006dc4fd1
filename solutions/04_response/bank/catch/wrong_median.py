"""misconception: between-two-values
fails: quiet for right versions and loud for a wrong one, catches a version that is one rank too high, catches a version that rounds the rank down, catches a version that does not sort, catches a version that returns a value between two
"""

def check_percentile(percentile):
    import statistics
    assert percentile([4, 1, 3, 2, 5], 50) == statistics.median([4, 1, 3, 2, 5])
    assert percentile([4, 1, 3, 2], 50) == statistics.median([4, 1, 3, 2])
