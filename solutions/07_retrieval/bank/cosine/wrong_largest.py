"""misconception: one-length-is-enough
fails: a vector at length 1
"""

def cosine(a, b):
    return dot(a, b) / (length(a) * length(b))


def unit(a):
    return [x / max(a) for x in a]


def similarity(distance, space):
    if space == "l2":
        return 1 - distance / 2
    return 1 - distance
