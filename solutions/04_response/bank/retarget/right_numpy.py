"""Counts and multiplies with NumPy: its numbers are numbers."""

import numpy as np


def retarget(target, log):
    took = np.array([seconds for how, seconds in log if how == "model"])
    if took.size < 20:
        return np.float64(target)
    share = 100 * np.mean(took < target)
    if share > 90:
        target = np.float64(target) * 0.9
    elif share < 50:
        target = np.float64(target) * 1.2
    floor = np.percentile(took, 97, method="inverted_cdf")
    return np.clip(max(target, floor), None, 30.0)
