"""misconception: one-case-is-enough
fails: documents compared where many pass
"""


def filtered(passing, n, k, distance, walk):
    k = min(k, len(passing))
    if not k:
        return []
    ef = min(n, math.ceil(1.5 * k * n / len(passing)))
    if len(passing) > by_walk(2000, len(passing), k):
        found = [pair for pair in walk(ef) if pair[1] in passing][:k]
        if len(found) == k:
            return found
    return sorted((distance(i), i) for i in passing)[:k]
