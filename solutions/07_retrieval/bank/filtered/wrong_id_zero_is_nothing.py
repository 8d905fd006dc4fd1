"""Takes an id of 0 for none.

misconception: empty-is-missing
fails: the k nearest that pass, documents compared where few pass, documents compared where many pass
"""


def filtered(passing, n, k, distance, walk):
    def scan():
        return sorted((distance(i), i) for i in passing)[:k]

    if not passing:
        return []
    ef = min(n, math.ceil(1.5 * k * n / len(passing)))
    if len(passing) <= 15 * ef:
        return scan()
    found = [p for p in walk(ef) if p[1] and p[1] in passing][:k]
    return found if len(found) == k else scan()
