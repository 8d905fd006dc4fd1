"""misconception: number-is-digits
fails: in the same order
"""

def similar(message, kept, threshold=0.7):
    def facts(text):
        said = words(text)
        digits = [w for w in text.split() if w[0].isdigit()]
        return set(said), sum(w in NEGATIONS for w in said), digits

    asked, nots, numbers = facts(message)
    best, found = threshold, None
    for other in kept:
        held, no, digits = facts(other)
        if no != nots or digits != numbers or not (asked | held):
            continue
        alike = len(asked & held) / len(asked | held)
        if alike > best:
            best, found = alike, other
    return found
