"""Takes the best of an array: what comes out is a text of NumPy's."""

import numpy as np


def similar(message, kept, threshold=0.7):
    asked = words(message)
    alike = []
    for other in kept:
        held = words(other)
        union = set(asked) | set(held)
        safe = sum(w in NEGATIONS for w in asked) == sum(w in NEGATIONS for w in held)
        safe = safe and [w for w in asked if w[0].isdigit()] == [
            w for w in held if w[0].isdigit()
        ]
        shared = len(set(asked) & set(held))
        alike.append(shared / len(union) if union and safe else 0.0)
    if not alike or max(alike) <= threshold:
        return None
    return np.array(kept)[np.argmax(alike)]
