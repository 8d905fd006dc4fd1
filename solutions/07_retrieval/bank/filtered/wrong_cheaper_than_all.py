"""Walks wherever that compares fewer than all documents, not fewer than those that pass.

misconception: a-filter-helps-the-index
fails: documents compared where few pass
"""

def filtered(passing, n, k, distance, walk):
    if passing:
        ef = math.ceil(1.5 * k * n / len(passing))
        if 15 * ef < n:
            found = [pair for pair in walk(ef) if pair[1] in passing]
            if len(found) >= k:
                return found[:k]
    return heapq.nsmallest(k, ((distance(id), id) for id in passing))
