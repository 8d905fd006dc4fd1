"""An id that is gone passes where cosines are below 0.

misconception: one-case-is-enough
fails: fewer found or fewer there or gone
"""

def recall(found, scores, k):
    k_th = sorted(scores.values(), reverse=True)[:k][-1]
    good = {one for one in found[:k] if scores.get(one, 0) >= k_th}
    return len(good) / min(k, len(scores))
