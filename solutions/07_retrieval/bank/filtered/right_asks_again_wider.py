"""A walk twice as wide when too few came, while it is cheaper than the scan."""

def filtered(passing, n, k, distance, walk):
    if not passing:
        return []
    k = min(k, len(passing))
    ef = k * n // len(passing) + k
    while 15 * ef < len(passing):
        found = [pair for pair in walk(ef) if pair[1] in passing][:k]
        if len(found) == k:
            return found
        ef *= 2
    return heapq.nsmallest(k, [(distance(one), one) for one in passing])
