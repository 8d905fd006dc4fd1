"""Cached by length.

misconception: one-case-is-enough
fails: timestamp reads for 64 messages, reads grow in step with the messages
"""

known = {}


def rank(entries):
    n = len(entries)
    if n not in known:
        known[n] = min(e.timestamp for e in entries), max(e.timestamp for e in entries)
    oldest, newest = known[n]

    def recency(entry):
        return 1.0 if newest == oldest else (entry.timestamp - oldest) / (newest - oldest)

    def score(e):
        return 0.7 * e.importance_score + 0.3 * recency(e)

    return sorted(entries, key=score, reverse=True)
