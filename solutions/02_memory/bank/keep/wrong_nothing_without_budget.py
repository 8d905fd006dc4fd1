"""Nothing without budget.

misconception: silent-loss
fails: then by importance with the newer of equals first, an error when there is no room at all
"""

def keep(items, max_tokens):
    if max_tokens <= 0:
        return []
    must = [i for i, item in enumerate(items) if item[1] == 1.0]
    used = sum(items[i][2] for i in must)
    if used > max_tokens:
        raise ValueError("too small")
    rest = [i for i, item in enumerate(items) if not (item[1] == 1.0)]
    rest.sort(key=lambda i: (items[i][1], i), reverse=True)
    chosen = set(must)
    for i in rest:
        if used + items[i][2] <= max_tokens:
            used += items[i][2]
            chosen.add(i)
    return [item for i, item in enumerate(items) if i in chosen]
