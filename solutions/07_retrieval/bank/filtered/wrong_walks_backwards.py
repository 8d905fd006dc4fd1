"""misconception: exact-is-cheap
fails: the k nearest that pass, all that pass where they are fewer, k of them wherever they lie, documents compared where few pass, documents compared where many pass
"""


def filtered(passing, n, k, distance, walk):
    walk(-n)
    return sorted((distance(id), id) for id in passing)[:k]
