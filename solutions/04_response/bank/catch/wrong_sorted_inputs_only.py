"""misconception: order-of-arrival
fails: catches a version that does not sort
"""

def check_percentile(percentile):
    assert percentile([10, 20], 50) == 10
    assert percentile([10, 20, 30, 40], 30) == 20
