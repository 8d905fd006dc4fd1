"""Reversed stable sort compress."""

def keep(items, max_tokens):
    """The (text, importance, tokens) items that stay, in their order.

    Importance 1.0 always stays (ValueError if these alone exceed `max_tokens`);
    the rest by importance, the newer of equals first, as long as they fit.
    """
    from itertools import compress

    numbered = list(enumerate(items))
    ranked = sorted(reversed(numbered), key=lambda pair: -pair[1][1])
    if sum(t for _, p, t in items if p >= 1.0) > max_tokens:
        raise ValueError("the 1.0s alone are too much")
    mask, left = bytearray(len(items)), max_tokens
    for i, (_, _, tokens) in ranked:
        if tokens <= left:
            mask[i], left = 1, left - tokens
    return list(compress(items, mask))
