"""Ids after the first k count, too.

misconception: found-is-all
fails: the share of the k nearest, fewer found or fewer there or gone, each id counts once
"""

def recall(found, scores, k):
    k_th = sorted(scores.values(), reverse=True)[:k][-1]
    good = {one for one in found if scores.get(one, -2) >= k_th}
    return min(1.0, len(good) / min(k, len(scores)))
