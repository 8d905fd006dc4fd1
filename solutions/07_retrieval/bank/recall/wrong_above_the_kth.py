"""misconception: a-tie-is-a-miss
fails: the share of the k nearest, as near as the k-th is as good, fewer found or fewer there or gone, each id counts once
"""

def recall(found, scores, k):
    k_th = sorted(scores.values(), reverse=True)[:k][-1]
    good = {one for one in found[:k] if scores.get(one, -2) > k_th}
    return len(good) / min(k, len(scores))
