"""misconception: one-length-is-enough
fails: the cosine whatever the lengths, a vector at length 1
"""

def cosine(a, b):
    return dot(a, b) / len(a)


def unit(a):
    return [x / len(a) for x in a]


def similarity(distance, space):
    if space == "l2":
        return 1 - distance / 2
    return 1 - distance
