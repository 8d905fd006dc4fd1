"""A table of cases worked out by hand; raises itself."""

def check_percentile(percentile):
    for values, p, want in [([2, 1], 50, 1), ([1, 2, 3], 50, 2), ([4, 3, 2, 1], 30, 2), ([1, 2, 3, 4, 5], 90, 5)]:
        if percentile(values, p) != want:
            raise AssertionError((values, p, want))
