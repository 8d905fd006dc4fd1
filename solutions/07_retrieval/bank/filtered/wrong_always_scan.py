"""misconception: exact-is-cheap
fails: documents compared where many pass
"""

def filtered(passing, n, k, distance, walk):
    return sorted((distance(one), one) for one in passing)[:k]
