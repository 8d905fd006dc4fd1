"""misconception: found-is-all
fails: fewer found or fewer there or gone, each id counts once
"""

def recall(found, scores, k):
    k_th = sorted(scores.values(), reverse=True)[:k][-1]
    came = set(found[:k])
    good = [one for one in came if scores.get(one, -2) >= k_th]
    return len(good) / len(came) if came else 0.0
