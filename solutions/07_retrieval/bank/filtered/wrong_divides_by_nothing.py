"""misconception: one-case-is-enough
fails: all that pass where they are fewer, documents compared where few pass, documents compared where many pass
"""

def filtered(passing, n, k, distance, walk):
    ef = math.ceil(1.5 * k * n / len(passing))
    if 15 * ef < len(passing):
        found = [pair for pair in walk(ef) if pair[1] in passing]
        if len(found) >= k:
            return found[:k]
    return sorted((distance(one), one) for one in passing)[:k]
