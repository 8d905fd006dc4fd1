"""misconception: changes-what-it-was-given
fails: the cosine whatever the lengths, a vector at length 1
"""


def cosine(a, b):
    for one in (a, b):
        size = length(one)
        for place, x in enumerate(one):
            one[place] = x / size
    return dot(a, b)


def unit(a):
    size = length(a)
    for place, x in enumerate(a):
        a[place] = x / size
    return a


def similarity(distance, space):
    if space == "l2":
        return 1 - distance / 2
    return 1 - distance
