"""Hands out a tuple of items: their order is what was asked."""


def keep(items, max_tokens):
    room = max_tokens - sum(tokens for _, worth, tokens in items if worth == 1.0)
    if room < 0:
        raise ValueError("what must stay is too much")
    stays = {i for i, item in enumerate(items) if item[1] == 1.0}
    for worth, i in sorted(
        ((item[1], i) for i, item in enumerate(items)), reverse=True
    ):
        if worth < 1.0 and items[i][2] <= room:
            stays.add(i)
            room -= items[i][2]
    return tuple(item for i, item in enumerate(items) if i in stays)
