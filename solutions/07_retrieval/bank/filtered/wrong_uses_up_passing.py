"""misconception: changes-what-it-was-given
fails: the k nearest that pass, all that pass where they are fewer, k of them wherever they lie, documents compared where few pass, documents compared where many pass
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
    out = []
    while passing:
        i = passing.pop()
        out.append((distance(i), i))
    return sorted(out)[:k]
