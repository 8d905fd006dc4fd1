"""misconception: number-is-digits
fails: the same numbers
"""

NEGATIONS = {"not", "no", "never", "without"}


def facts(said):
    negations = sum(word in NEGATIONS for word in said)
    return negations, [word for word in said if word[-1].isdigit()]


def similar(message, kept, threshold=0.7):
    """The kept message most like `message` that is safe to serve, or None.

    Jaccard of the sets of words above `threshold`; as many negations; the same
    numbers in the same order. The earliest wins a tie.
    """
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
