"""Numbers of NumPy are numbers."""

import numpy as np

times = np.sort([420, 180, 90, 2000, 510, 350, 270, 760, 130, 640])
p50, p90, p95 = (times[rank - 1] for rank in (5, 9, 10))
hasty_p90 = times[int(10 * 0.9)]
