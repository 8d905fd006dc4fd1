"""misconception: number-is-digits
fails: the same numbers
"""

def facts(said):
    negations = sum(word in NEGATIONS for word in said)
    return negations, [word for word in said if word.replace(".", "").isdigit()]


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
