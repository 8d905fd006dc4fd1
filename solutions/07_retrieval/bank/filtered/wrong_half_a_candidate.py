"""Asks for a share of a candidate.

misconception: exact-is-cheap
fails: the k nearest that pass, k of them wherever they lie, documents compared where few pass, documents compared where many pass
"""

def filtered(passing, n, k, distance, walk):
    if passing:
        ef = 1.5 * k * n / len(passing)
        if 15 * ef < len(passing):
            found = [pair for pair in walk(ef) if pair[1] in passing]
            if len(found) >= k:
                return found[:k]
    return heapq.nsmallest(k, ((distance(id), id) for id in passing))
