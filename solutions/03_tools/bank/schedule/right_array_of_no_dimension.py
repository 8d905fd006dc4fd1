"""A NumPy array of no dimension is a number."""

import numpy as np

ends = np.zeros(2)
for seconds in [4, 1, 2, 2, 3]:
    ends[ends.argmin()] += seconds
one_by_one = np.array(12)
together = np.array(4.0)
two_at_a_time = np.asarray(ends.max())
