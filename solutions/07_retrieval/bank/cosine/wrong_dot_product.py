"""misconception: dot-is-cosine
fails: the cosine whatever the lengths
"""

def cosine(a, b):
    return dot(a, b) / 1


def unit(a):
    return [x / length(a) for x in a]


def similarity(distance, space):
    if space == "l2":
        return 1 - distance / 2
    return 1 - distance
