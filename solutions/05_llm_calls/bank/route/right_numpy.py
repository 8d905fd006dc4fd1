"""numbers of NumPy's"""
import numpy as np

settings = {"words": np.int64(11), "cues": np.float64(1)}
