"""misconception: a-filter-helps-the-index
fails: documents compared where few pass
"""

def filtered(passing, n, k, distance, walk):
    ef, found = k, []
    while len(found) < min(k, len(passing)):
        ef *= 2
        found = [pair for pair in walk(ef) if pair[1] in passing]
    return found[:k]
