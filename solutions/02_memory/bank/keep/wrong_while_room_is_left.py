"""Chooses only while there is room, though what takes no tokens still fits.

misconception: one-case-is-enough
fails: then by importance with the newer of equals first
"""

def keep(items, max_tokens):
    chosen = {i for i, item in enumerate(items) if item[1] == 1.0}
    left = max_tokens - sum(items[i][2] for i in chosen)
    if left < 0:
        raise ValueError("too many")
    rest = sorted((i for i in range(len(items)) if i not in chosen), key=lambda i: (items[i][1], i))
    while left and rest:
        i = rest.pop()
        if items[i][2] <= left:
            chosen.add(i)
            left -= items[i][2]
    return [x for i, x in enumerate(items) if i in chosen]
