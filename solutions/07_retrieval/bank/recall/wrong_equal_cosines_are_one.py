"""Takes equal cosines for one document.

misconception: same-value-same-thing
fails: as near as the k-th is as good
"""


def recall(found, scores, k):
    last = sorted(set(scores.values()), reverse=True)[:k][-1]
    good = {i for i in found[:k] if i in scores and scores[i] >= last}
    return len(good) / min(k, len(scores))
