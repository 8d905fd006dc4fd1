"""Counts ids that are gone among the documents.

misconception: found-is-all
fails: fewer found or fewer there or gone
"""


def recall(found, scores, k):
    last = sorted(scores.values(), reverse=True)[:k][-1]
    good = {i for i in found[:k] if i in scores and scores[i] >= last}
    return len(good) / min(k, len({*scores} | {*found}))
