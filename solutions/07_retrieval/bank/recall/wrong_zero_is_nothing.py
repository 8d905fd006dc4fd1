"""Takes a cosine of 0 for an id that is gone.

misconception: place-counts
fails: the share of the k nearest
"""

def recall(found, scores, k):
    last = sorted(scores.values(), reverse=True)[:k][-1]
    good = {id for id in found[:k] if scores.get(id) and scores[id] >= last}
    return len(good) / min(k, len(scores))
