"""By importance out.

misconception: score-order-is-fine
fails: then by importance with the newer of equals first, in their order whatever the budget
"""

def keep(items, max_tokens):
    """The (text, importance, tokens) items that stay, in their order.

    Importance 1.0 always stays (ValueError if these alone exceed `max_tokens`);
    the rest by importance, the newer of equals first, as long as they fit.
    """
    must = [i for i, item in enumerate(items) if item[1] == 1.0]
    used = sum(items[i][2] for i in must)
    if used > max_tokens:
        raise ValueError("what must stay does not fit")
    rest = [i for i, item in enumerate(items) if item[1] != 1.0]
    rest.sort(key=lambda i: (items[i][1], i), reverse=True)
    chosen = set(must)
    for i in rest:
        if used + items[i][2] <= max_tokens:
            used += items[i][2]
            chosen.add(i)
    return sorted((items[i] for i in chosen), key=lambda item: item[1], reverse=True)
