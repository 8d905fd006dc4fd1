"""Candidates first, then the first of the best."""

NEGATIONS = {"not", "no", "never", "without"}


def sense(text):
    said = words(text)
    return sum(map(NEGATIONS.__contains__, said)), [w for w in said if w[0].isdigit()]


def jaccard(a, b):
    a, b = set(words(a)), set(words(b))
    return len(a & b) / len(a | b) if a | b else 0


def similar(message, kept, threshold=0.7):
    safe = [other for other in kept if sense(other) == sense(message)]
    alike = [other for other in safe if jaccard(message, other) > threshold]
    return max(alike, key=lambda other: jaccard(message, other), default=None)
