"""NumPy sorts."""

import numpy as np


def recall(found, scores, k):
    k_th = np.sort(list(scores.values()))[::-1][:k][-1]
    good = sum(scores[one] >= k_th for one in set(found[:k]) if one in scores)
    return good / min(k, len(scores))
