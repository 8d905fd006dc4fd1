"""Newest first, then a stable sort by importance."""

def keep(items, max_tokens):
    order = sorted(reversed(range(len(items))), key=lambda i: items[i][1], reverse=True)
    chosen, left = [], max_tokens
    for i in order:
        _, importance, tokens = items[i]
        if tokens > left and importance == 1.0:
            raise ValueError("what must stay does not fit")
        if tokens <= left:
            chosen.append(i)
            left -= tokens
    return [items[i] for i in sorted(chosen)]
