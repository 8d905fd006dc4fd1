"""misconception: guard-the-best-only
fails: an unsafe best does not hide a safe second
"""

def facts(said):
    negations = sum(word in NEGATIONS for word in said)
    return negations, [word for word in said if word[0].isdigit()]


def similar(message, kept, threshold=0.7):
    asked, best, found = words(message), threshold, None
    for other in kept:
        held = words(other)
        union = set(asked) | set(held)
        alike = len(set(asked) & set(held)) / len(union) if union else 0.0
        if alike > best:
            best, found = alike, other if facts(asked) == facts(held) else None
    return found
