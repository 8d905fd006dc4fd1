"""misconception: asking-is-free
fails: documents compared where few pass
"""


def filtered(passing, n, k, distance, walk):
    k = min(k, len(passing))
    if not k:
        return []
    ef = min(n, math.ceil(1.5 * k * n / len(passing)))
    if len(passing) > WALK * ef:
        found = [pair for pair in walk(ef) if pair[1] in passing][:k]
        if len(found) == k:
            return found
    return [(distance(i), i) for i in sorted(passing, key=distance)[:k]]
