"""misconception: one-case-is-enough
fails: catches a version that is one rank too high, catches a version that returns a value between two
"""

def check_percentile(percentile):
    assert percentile([30, 10, 20], 50) == 20
