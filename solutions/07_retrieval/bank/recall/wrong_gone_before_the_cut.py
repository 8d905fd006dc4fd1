"""Drops what is gone and cuts then.

misconception: found-is-all
fails: fewer found or fewer there or gone
"""

def recall(found, scores, k):
    last = sorted(scores.values(), reverse=True)[:k][-1]
    there = [id for id in found if id in scores]
    good = {id for id in there[:k] if scores[id] >= last}
    return len(good) / min(k, len(scores))
