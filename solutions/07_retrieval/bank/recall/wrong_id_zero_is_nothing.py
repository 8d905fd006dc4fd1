"""Takes an id of 0 for one that is gone.

misconception: empty-is-missing
fails: the share of the k nearest
"""


def recall(found, scores, k):
    last = sorted(scores.values(), reverse=True)[:k][-1]
    good = {i for i in found[:k] if i and i in scores and scores[i] >= last}
    return len(good) / min(k, len(scores))
