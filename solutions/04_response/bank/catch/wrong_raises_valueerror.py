"""misconception: assert-nothing
fails: quiet for right versions and loud for a wrong one, catches a version that is one rank too high, catches a version that rounds the rank down, catches a version that does not sort, catches a version that returns a value between two
"""

def check_percentile(percentile):
    if percentile([30, 10, 20], 50) != 20 or percentile([10, 20], 50) != 10 or percentile([10, 20, 30, 40], 30) != 20:
        raise ValueError("wrong")
