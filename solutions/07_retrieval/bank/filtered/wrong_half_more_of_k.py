"""misconception: spread-by-chance
fails: documents compared where many pass
"""


def filtered(passing, n, k, distance, walk):
    wanted = min(k, len(passing))
    ef = math.ceil(1.5 * k + n / max(1, len(passing)))
    if 15 * ef < len(passing):
        found = [pair for pair in walk(ef) if pair[1] in passing]
        if len(found) >= wanted:
            return found[:wanted]
    return sorted((distance(id), id) for id in passing)[:wanted]
