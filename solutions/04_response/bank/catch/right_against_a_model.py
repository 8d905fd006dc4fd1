"""Compares with nearest rank by counting, on many small inputs."""

def check_percentile(percentile):
    for values in ([7], [2, 1], [30, 10, 20], [4, 1, 3, 2], [9, 1, 8, 2, 7, 3, 6, 4, 5, 10]):
        for p in (1, 10, 30, 50, 75, 90, 95, 99, 100):
            got = percentile(values, p)
            assert got in values
            at_or_below = [v for v in sorted(values) if 100 * sum(x <= v for x in values) >= p * len(values)]
            assert got == at_or_below[0], (values, p)
