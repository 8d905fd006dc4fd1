"""Works out the beam for the 2,000 of the example.

misconception: one-case-is-enough
fails: documents compared where many pass
"""


def filtered(passing, n, k, distance, walk):
    def scan():
        return sorted((distance(i), i) for i in passing)[:k]

    if not passing:
        return []
    ef = math.ceil(1.5 * k * 2000 / len(passing))
    if len(passing) <= 15 * ef:
        return scan()
    found = [p for p in walk(ef) if p[1] in passing][:k]
    return found if len(found) == k else scan()
