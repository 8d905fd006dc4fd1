"""misconception: one-guard-is-enough
fails: as many negations
"""

def facts(said):
    negations = len(NEGATIONS & set(said))
    return negations, [word for word in said if word[0].isdigit()]


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
