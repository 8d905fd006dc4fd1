"""misconception: same-words-same-numbers
fails: in the same order
"""

NEGATIONS = {"not", "no", "never", "without"}


def facts(said):
    return sum(w in NEGATIONS for w in said), {w for w in said if w[0].isdigit()}


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
