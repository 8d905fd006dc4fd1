import numpy as np
one_by_one = np.sum([4, 1, 2, 2, 3])
together = np.max([4, 1, 2, 2, 3])
two_at_a_time = np.float32(7)
