"""misconception: one-case-is-enough
fails: catches a version that is one rank too high, catches a version that rounds the rank down, catches a version that returns a value between two
"""

def check_percentile(percentile):
    values = [float(i * 7919 % 1000) for i in range(1000)]
    assert abs(percentile(values, 90) - 899) <= 1
    assert abs(percentile(values, 50) - 499) <= 1
