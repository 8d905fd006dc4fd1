"""misconception: one-case-is-enough
fails: catches a version that is one rank too high, catches a version that rounds the rank down, catches a version that returns a value between two
"""

def check_percentile(percentile):
    times = [7, 3, 9]
    got = [percentile(times, p) for p in range(1, 101)]
    assert got == sorted(got)
