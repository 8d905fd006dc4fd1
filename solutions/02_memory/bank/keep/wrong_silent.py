"""misconception: silent-loss
fails: an error when the 1.0s alone are too much, an error when there is no room at all
"""

def keep(items, max_tokens):
    chosen = [i for i, item in enumerate(items) if item[1] == 1.0]
    left = max_tokens - sum(items[i][2] for i in chosen)
    if left < 0:
        return []
    rest = [i for i, item in enumerate(items) if item[1] != 1.0]
    for i in sorted(rest, key=lambda i: (items[i][1], i), reverse=True):
        if items[i][2] <= left:
            chosen.append(i)
            left -= items[i][2]
    return [items[i] for i in sorted(chosen)]
