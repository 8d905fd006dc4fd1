"""Shared over all, from the sizes of the sets."""

NEGATIONS = {"not", "no", "never", "without"}


def similar(message, kept, threshold=0.7):
    asked = words(message)
    found = []
    for place, other in enumerate(kept):
        held = words(other)
        if [w for w in asked if w[0].isdigit()] != [w for w in held if w[0].isdigit()]:
            continue
        if len([w for w in asked if w in NEGATIONS]) != len([w for w in held if w in NEGATIONS]):
            continue
        a, b = set(asked), set(held)
        shared = len(a & b)
        total = len(a) + len(b) - shared
        if total and shared / total > threshold:
            found.append((-shared / total, place, other))
    return min(found)[2] if found else None
