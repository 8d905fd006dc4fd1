"""misconception: repeats-count
fails: each id counts once
"""

def recall(found, scores, k):
    k_th = sorted(scores.values(), reverse=True)[:k][-1]
    good = [one for one in found[:k] if scores.get(one, -2) >= k_th]
    return len(good) / min(k, len(scores))
