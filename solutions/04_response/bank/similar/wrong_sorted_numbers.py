"""misconception: same-words-same-numbers
fails: in the same order
"""

def facts(said):
    negations = sum(word in NEGATIONS for word in said)
    return negations, sorted(word for word in said if word[0].isdigit())


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
