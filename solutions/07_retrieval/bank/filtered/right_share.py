"""Decides by the share that passes, and keeps twice as many."""

def filtered(passing, n, k, distance, walk):
    share = len(passing) / n
    found = []
    if share > 0 and 15 * 2 * k / share < share * n:
        for away, one in walk(int(2 * k / share)):
            if one in passing:
                found.append([away, one])
    if len(found) < min(k, len(passing)):
        found = sorted([distance(one), one] for one in passing)
    return found[:k]
