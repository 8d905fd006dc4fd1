"""With arrays."""

def rank(entries):
    import numpy as np
    t = np.array([e.timestamp.timestamp() for e in entries])
    lo, hi = t.min(), t.max()
    rec = np.ones(len(t)) if hi == lo else (t - lo) / (hi - lo)
    imp = np.array([e.importance_score for e in entries])
    order = sorted(range(len(t)), key=lambda i: -(0.7 * imp[i] + 0.3 * rec[i]))
    return [entries[i] for i in order]
