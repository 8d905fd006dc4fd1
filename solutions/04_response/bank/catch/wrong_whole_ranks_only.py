"""misconception: percentile-rounds-down
fails: catches a version that rounds the rank down
"""

def check_percentile(percentile):
    assert percentile([20, 10], 50) == 10
    assert percentile(list(range(1, 11)), 90) == 9
