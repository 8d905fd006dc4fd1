"""NumPy."""

import numpy as np


def cosine(a, b):
    return np.dot(a, b) / np.linalg.norm(a) / np.linalg.norm(b)


def unit(a):
    return np.array(a) / np.linalg.norm(a)


def similarity(distance, space):
    if space == "l2":
        return 1 - distance / 2
    return 1 - distance
