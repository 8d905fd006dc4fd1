"""numpy, with equals the other way round.

misconception: wrong-end
fails: timestamp reads for 64 messages, reads grow in step with the messages
"""

import numpy as np
def rank(entries):
    t = np.array([e.timestamp.timestamp() for e in entries])
    span = t.max() - t.min()
    r = (t - t.min()) / span if span else np.ones(len(t))
    s = 0.7 * np.array([e.importance_score for e in entries]) + 0.3 * r
    return [entries[i] for i in np.argsort(s)[::-1]]
