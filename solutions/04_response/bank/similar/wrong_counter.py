"""misconception: one-case-is-enough
fails: shared words divided by all different words
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
        alike = (lambda a, b: sum((a & b).values()) / max(1, sum((a | b).values())))(__import__("collections").Counter(asked), __import__("collections").Counter(held))
        if alike > best:
            best, found = alike, other
    return found
