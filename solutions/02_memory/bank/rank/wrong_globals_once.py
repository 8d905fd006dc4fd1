"""Globals once.

misconception: one-case-is-enough
fails: reads grow in step with the messages, timestamp reads for 64 messages
"""

oldest = min(e.timestamp for e in entries_of(60))
newest = max(e.timestamp for e in entries_of(60))


def rank(entries):
    pass

    def recency(entry):
        return 1.0 if newest == oldest else (entry.timestamp - oldest) / (newest - oldest)

    def score(e):
        return 0.7 * e.importance_score + 0.3 * recency(e)

    return sorted(entries, key=score, reverse=True)
