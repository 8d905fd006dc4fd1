"""Compares costs in a function of its own."""

def filtered(passing, n, k, distance, walk):
    def scan():
        pairs = []
        for one in passing:
            insort(pairs, (distance(one), one))
        return pairs[:k]

    if len(passing) < k or len(passing) ** 2 <= 15 * 1.5 * k * n:
        return scan()
    wide = walk(math.ceil(1.5 * k * n / len(passing)))
    kept = list(filter(lambda pair: pair[1] in passing, wide))[:k]
    return kept if len(kept) == k else scan()
