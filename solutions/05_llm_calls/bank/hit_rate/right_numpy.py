"""numbers of NumPy's, and a float"""
import numpy as np

lru_hits = np.int64(3)
ttl_hits = 2.0
never = np.float64(4)
