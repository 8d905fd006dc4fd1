"""Divides by k, though fewer are there.

misconception: off-by-one
fails: fewer found or fewer there or gone
"""

def recall(found, scores, k):
    k_th = sorted(scores.values(), reverse=True)[:k][-1]
    good = {one for one in found[:k] if scores.get(one, -2) >= k_th}
    return len(good) / k
