"""misconception: percentile-rounds-down
fails: catches a version that rounds the rank down
"""

def check_percentile(percentile):
    times = [7, 3, 9, 1, 10, 2, 8, 4, 6, 5]
    assert percentile(times, 50) == 5
    assert percentile(times, 90) == 9
