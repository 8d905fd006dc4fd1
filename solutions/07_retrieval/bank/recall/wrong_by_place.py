"""misconception: place-counts
fails: the share of the k nearest, as near as the k-th is as good, fewer found or fewer there or gone, each id counts once
"""

def recall(found, scores, k):
    nearest = sorted(scores, key=scores.get, reverse=True)[:k]
    return sum(a == b for a, b in zip(found, nearest)) / len(nearest)
