"""misconception: one-case-is-enough
fails: shared words divided by all different words, exactly at the threshold is not above it, the most similar one wins and the earliest of equals
"""

def similar(message, kept, threshold=0.7):
    """The kept message most like `message` that is safe to serve, or None.

    Jaccard of the sets of words above `threshold`; as many negations; the same
    numbers in the same order. The earliest wins a tie.
    """

    def guards(ws):
        return sum(w in NEGATIONS for w in ws), [w for w in ws if w[0].isdigit()]

    asked = words(message)
    best, found = threshold, None
    for other in kept:
        held = words(other)
        union = set(asked) | set(held)
        if not asked or guards(asked) != guards(held):
            continue
        alike = len(set(asked) & set(held)) / len(set(asked))
        if alike > best:
            best, found = alike, other
    return found
