"""Recursive."""

def keep(items, max_tokens):
    items = list(enumerate(items))
    must = [x for x in items if x[1][1] == 1]
    left = max_tokens - sum(x[1][2] for x in must)
    if left < 0:
        raise ValueError(left)

    def choose(rest, left):
        if not rest:
            return []
        best = max(rest, key=lambda x: (x[1][1], x[0]))
        others = [x for x in rest if x is not best]
        if best[1][2] > left:
            return choose(others, left)
        return [best, *choose(others, left - best[1][2])]

    found = must + choose([x for x in items if x[1][1] != 1], left)
    return [item for _, item in sorted(found)]
