"""misconception: spread-by-chance
fails: k of them wherever they lie, documents compared where few pass, documents compared where many pass
"""

def filtered(passing, n, k, distance, walk):
    if not passing:
        return []
    ef = math.ceil(2 * k * n / len(passing))
    if 15 * ef < len(passing):
        return [pair for pair in walk(ef) if pair[1] in passing][:k]
    return sorted((distance(one), one) for one in passing)[:k]
