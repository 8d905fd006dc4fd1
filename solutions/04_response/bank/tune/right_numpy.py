"""Numbers of NumPy are numbers."""

import numpy as np

settings = {"threshold": np.float64(0.5), "guards": np.int64(9)}
