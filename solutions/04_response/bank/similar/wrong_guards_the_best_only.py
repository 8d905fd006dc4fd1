"""misconception: guard-the-best-only
fails: an unsafe best does not hide a safe second
"""

NEGATIONS = {"not", "no", "never", "without"}


def facts(text):
    said = words(text)
    return sum(w in NEGATIONS for w in said), [w for w in said if w[0].isdigit()]


def similar(message, kept, threshold=0.7):
    asked, best, found = set(words(message)), threshold, None
    for other in kept:
        held = set(words(other))
        alike = len(asked & held) / len(asked | held) if asked | held else 0.0
        if alike > best:
            best, found = alike, other
    return found if found and facts(found) == facts(message) else None
