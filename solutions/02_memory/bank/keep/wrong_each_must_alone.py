"""Each must alone.

misconception: silent-loss
fails: an error when the 1.0s alone are too much
"""

def keep(items, max_tokens):
    must = [i for i, item in enumerate(items) if item[1] == 1.0]
    used = sum(items[i][2] for i in must)
    if any(items[i][2] > max_tokens for i in must):
        raise ValueError
    rest = [i for i, item in enumerate(items) if not (item[1] == 1.0)]
    rest.sort(key=lambda i: (items[i][1], i), reverse=True)
    chosen = set(must)
    for i in rest:
        if used + items[i][2] <= max_tokens:
            used += items[i][2]
            chosen.add(i)
    return [item for i, item in enumerate(items) if i in chosen]
