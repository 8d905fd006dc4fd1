"""Floats only.

misconception: one-case-is-enough
fails: an error when the 1.0s alone are too much
"""

def keep(items, max_tokens):
    must = [i for i, item in enumerate(items) if type(item[1]) is float and item[1] == 1.0]
    used = sum(items[i][2] for i in must)
    if used > max_tokens:
        raise ValueError("too small")
    rest = [i for i, item in enumerate(items) if not (type(item[1]) is float and item[1] == 1.0)]
    rest.sort(key=lambda i: (items[i][1], i), reverse=True)
    chosen = set(must)
    for i in rest:
        if used + items[i][2] <= max_tokens:
            used += items[i][2]
            chosen.add(i)
    return [item for i, item in enumerate(items) if i in chosen]
