"""misconception: guard-the-best-only
fails: an unsafe best does not hide a safe second
"""

def similar(message, kept, threshold=0.7):
    def guards(ws):
        return sum(w in NEGATIONS for w in ws), [w for w in ws if w[0].isdigit()]

    asked = words(message)
    best, found = threshold, None
    for other in kept:
        held = words(other)
        union = set(asked) | set(held)
        if not union:
            continue
        alike = len(set(asked) & set(held)) / len(union)
        if alike > best:
            best, found = alike, other
    if found is not None and guards(words(found)) == guards(asked):
        return found
    return None
