"""misconception: a-tie-is-a-miss
fails: as near as the k-th is as good
"""

def recall(found, scores, k):
    nearest = sorted(scores, key=scores.get, reverse=True)[:k]
    return len(set(found[:k]) & set(nearest)) / len(nearest)
