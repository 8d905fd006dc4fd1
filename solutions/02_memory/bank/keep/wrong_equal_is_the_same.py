"""misconception: same-value-same-thing
fails: then by importance with the newer of equals first
"""

def keep(items, max_tokens):
    chosen = [i for i, item in enumerate(items) if item[1] == 1.0]
    left = max_tokens - sum(items[i][2] for i in chosen)
    if left < 0:
        raise ValueError("too much")
    rest = [i for i, item in enumerate(items) if item[1] != 1.0]
    for i in sorted(rest, key=lambda i: (items[i][1], i), reverse=True):
        if items[i][2] <= left:
            chosen.append(i)
            left -= items[i][2]
    return [item for item in items if item in [items[i] for i in chosen]]
