"""Named tuples and a mask."""

from typing import NamedTuple
import numpy as np
class It(NamedTuple):
    text: str
    weight: float
    tokens: int
def keep(items, max_tokens):
    its = [It(*x) for x in items]
    pinned = np.array([x.weight == 1 for x in its], dtype=bool)
    tokens = np.array([x.tokens for x in its], dtype=int)
    left = max_tokens - int(tokens[pinned].sum())
    if left < 0:
        raise ValueError(f"{-left} too many")
    mask = pinned.copy()
    for i in sorted(range(len(its)), key=lambda i: (its[i].weight, i))[::-1]:
        if not mask[i] and tokens[i] <= left:
            mask[i] = True
            left -= tokens[i]
    return [it for it, m in zip(its, mask) if m]
