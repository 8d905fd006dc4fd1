"""misconception: similar-is-same
fails: as many negations

Compares which negations there are, in order: "never" and "not" are as many.
"""

NEGATIONS = {"not", "no", "never", "without"}


def facts(said):
    return [w for w in said if w in NEGATIONS], [w for w in said if w[0].isdigit()]


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
