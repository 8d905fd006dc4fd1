"""misconception: off-by-one
fails: fewer found or fewer there or gone
"""


def recall(found, scores, k):
    n = min(k, len(scores))
    low = sorted(scores.values(), reverse=True)[n - 1]
    return len({i for i in found[:n] if i in scores and scores[i] >= low}) / n
