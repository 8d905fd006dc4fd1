"""A flag for each item."""

def keep(items, max_tokens):
    flags = [item[1] == 1 for item in items]
    used = 0
    for f, item in zip(flags, items):
        used += item[2] * f
    if used > max_tokens:
        raise ValueError(f"{used} tokens must stay, {max_tokens} there are")
    for importance, i in sorted(((x[1], i) for i, x in enumerate(items)), reverse=True):
        if flags[i]:
            continue
        if used + items[i][2] <= max_tokens:
            flags[i] = True
            used += items[i][2]
    print("kept", sum(flags))
    return [x for x, f in zip(items, flags) if f]
