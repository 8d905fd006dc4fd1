"""A generator: its error comes when it is run."""

def keep(items, max_tokens):
    must = sum(n for _, w, n in items if w == 1)
    if must > max_tokens:
        raise ValueError
    left, chosen = max_tokens - must, set()
    for i, (text, w, n) in sorted(enumerate(items), key=lambda p: (-p[1][1], -p[0])):
        if w == 1:
            chosen.add(i)
        elif n <= left:
            chosen.add(i)
            left -= n
    for i, x in enumerate(items):
        if i in chosen:
            yield x
