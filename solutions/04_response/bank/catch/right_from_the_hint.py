"""The cases of the last hint, and no other."""

def check_percentile(percentile):
    assert percentile([30, 10, 20], 50) == 20
    assert percentile([10, 20], 50) == 10
    assert percentile([10, 20, 30, 40], 30) == 20
