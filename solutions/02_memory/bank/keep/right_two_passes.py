"""A set of chosen positions and two loops."""

def keep(items, max_tokens):
    must = {i for i, (_, importance, _) in enumerate(items) if importance >= 1.0}
    used = sum(items[i][2] for i in must)
    if used > max_tokens:
        raise ValueError("what must stay does not fit")
    chosen = set(must)
    by_worth = sorted(range(len(items)), key=lambda i: (-items[i][1], -i))
    for i in by_worth:
        if i not in chosen and used + items[i][2] <= max_tokens:
            chosen.add(i)
            used += items[i][2]
    return [item for i, item in enumerate(items) if i in chosen]
