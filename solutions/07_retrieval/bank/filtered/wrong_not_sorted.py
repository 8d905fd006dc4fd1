"""The first k that pass, not the nearest.

misconception: place-counts
fails: the k nearest that pass, all that pass where they are fewer, k of them wherever they lie, documents compared where few pass, documents compared where many pass
"""

def filtered(passing, n, k, distance, walk):
    return [(distance(one), one) for one in passing][:k]
