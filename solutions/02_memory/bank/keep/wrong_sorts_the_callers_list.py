"""Sorts the callers list.

misconception: oldest-goes
fails: then by importance with the newer of equals first, in their order whatever the budget
"""

def keep(items, max_tokens):
    """The (text, importance, tokens) items that stay, in their order.

    Importance 1.0 always stays (ValueError if these alone exceed `max_tokens`);
    the rest by importance, the newer of equals first, as long as they fit.
    """
    order = list(items)
    items.sort(key=lambda item: item[1], reverse=True)
    used, chosen = 0, []
    for item in items:
        if item[1] == 1.0 or used + item[2] <= max_tokens:
            used += item[2]
            chosen.append(item)
    if sum(item[2] for item in chosen if item[1] == 1.0) > max_tokens:
        raise ValueError
    return [item for item in order if item in chosen]
