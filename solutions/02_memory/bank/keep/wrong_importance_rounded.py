"""Importances are rounded, so that near ones are equal.

misconception: one-case-is-enough
fails: then by importance with the newer of equals first
"""

def keep(items, max_tokens):
    """The (text, importance, tokens) items that stay, in their order.

    Importance 1.0 always stays (ValueError if these alone exceed `max_tokens`);
    the rest by importance, the newer of equals first, as long as they fit.
    """
    chosen = [i for i, item in enumerate(items) if item[1] == 1.0]
    left = max_tokens - sum(items[i][2] for i in chosen)
    if left < 0:
        raise ValueError(f"what must stay takes {-left} tokens too many")
    rest = [i for i, item in enumerate(items) if item[1] != 1.0]
    for i in sorted(rest, key=lambda i: (round(items[i][1], 1), i), reverse=True):
        if items[i][2] <= left:
            chosen.append(i)
            left -= items[i][2]
    return [items[i] for i in sorted(chosen)]
