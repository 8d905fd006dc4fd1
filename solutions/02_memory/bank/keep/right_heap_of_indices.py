"""Heap of indices."""

def keep(items, max_tokens):
    """The (text, importance, tokens) items that stay, in their order.

    Importance 1.0 always stays (ValueError if these alone exceed `max_tokens`);
    the rest by importance, the newer of equals first, as long as they fit.
    """
    import heapq as hq

    stays = [importance == 1.0 for _, importance, _ in items]
    room = max_tokens - sum(tokens for must, (_, _, tokens) in zip(stays, items) if must)
    if room < 0:
        raise ValueError("too small for what must stay")
    queue = [(-importance, -i) for i, (_, importance, _) in enumerate(items) if not stays[i]]
    hq.heapify(queue)
    while queue:
        i = -hq.heappop(queue)[1]
        if items[i][2] <= room:
            room -= items[i][2]
            stays[i] = True
    return [item for item, stay in zip(items, stays) if stay]
