"""One root for both lengths."""

def cosine(a, b):
    return dot(a, b) / math.sqrt(dot(a, a) * dot(b, b))


def unit(a):
    return [x / dot(a, a) ** 0.5 for x in a]


def similarity(distance, space):
    if space == "l2":
        return (2 - distance) / 2
    return 1 - distance
