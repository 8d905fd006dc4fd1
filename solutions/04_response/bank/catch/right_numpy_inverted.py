def check_percentile(percentile):
    import numpy as np
    xs = [9.5, 1.25, 7.0, 3.0]
    for p in range(1, 101):
        want = np.percentile(xs, p, method="inverted_cdf")
        assert percentile(xs, p) == want, p
