"""misconception: similar-is-same
fails: the most similar one wins and the earliest of equals, exactly at the threshold is not above it, shared words divided by all different words, as many negations, the same numbers, in the same order, an unsafe best does not hide a safe second, nothing to find
"""

NEGATIONS = {"not", "no", "never", "without"}


def facts(said):
    return None


def similar(message, kept, threshold=0.7):
    asked, best, found = words(message), threshold, None
    for other in kept:
        held = words(other)
        if facts(asked) != facts(held):
            continue
        union = set(asked) | set(held)
        alike = len(set(asked) & set(held)) / len(union) if union else 0.0
        if alike > best:
            best, found = alike, other
    return found
