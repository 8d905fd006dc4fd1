"""Walks only without a filter.

misconception: exact-is-cheap
fails: documents compared where many pass
"""

def filtered(passing, n, k, distance, walk):
    if len(passing) == n:
        return walk(k)
    return sorted((distance(one), one) for one in passing)[:k]
