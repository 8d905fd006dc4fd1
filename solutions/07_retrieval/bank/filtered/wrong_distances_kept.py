"""Keeps distances from one search to the next.

misconception: same-value-same-thing
fails: k of them wherever they lie, documents compared where few pass, documents compared where many pass
"""


def filtered(passing, n, k, distance, walk, seen={}):
    def scan():
        return sorted((seen.setdefault(i, seen[i] if i in seen else distance(i)), i) for i in passing)[:k]

    if not passing:
        return []
    ef = min(n, math.ceil(1.5 * k * n / len(passing)))
    if len(passing) <= 15 * ef:
        return scan()
    found = [p for p in walk(ef) if p[1] in passing][:k]
    return found if len(found) == k else scan()
