"""By way of vectors at length 1."""

def unit(a):
    size = math.hypot(*a)
    return [x / size for x in a]


def cosine(a, b):
    return dot(unit(a), unit(b))


def similarity(distance, space):
    return 1 - distance * {"l2": 0.5}.get(space, 1.0)
