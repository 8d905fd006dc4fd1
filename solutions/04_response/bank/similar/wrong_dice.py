"""misconception: one-case-is-enough
fails: exactly at the threshold is not above it, shared words divided by all different words
"""

def facts(said):
    negations = sum(word in NEGATIONS for word in said)
    return negations, [word for word in said if word[0].isdigit()]


def similar(message, kept, threshold=0.7):
    asked, best, found = words(message), threshold, None
    for other in kept:
        held = words(other)
        if facts(asked) != facts(held):
            continue
        union = set(asked) | set(held)
        alike = 2 * len(set(asked) & set(held)) / (len(set(asked)) + len(set(held))) if union else 0.0
        if alike > best:
            best, found = alike, other
    return found
