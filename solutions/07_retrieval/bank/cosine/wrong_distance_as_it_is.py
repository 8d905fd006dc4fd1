"""misconception: distance-is-similarity
fails: the cosine behind a distance in each space
"""

def cosine(a, b):
    return dot(a, b) / (length(a) * length(b))


def unit(a):
    return [x / length(a) for x in a]


def similarity(distance, space):
    if space == "l2":
        return distance / 2
    return distance
