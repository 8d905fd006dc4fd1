"""Moved into score not out.

misconception: work-in-the-key
fails: timestamp reads for 64 messages, reads grow in step with the messages
"""

def rank(entries):
    """Entries, best first, by 0.7 importance + 0.3 recency."""

    def score(entry):
        oldest = min(e.timestamp for e in entries)
        newest = max(e.timestamp for e in entries)
        recency = 1.0 if newest == oldest else (entry.timestamp - oldest) / (newest - oldest)
        return 0.7 * entry.importance_score + 0.3 * recency

    return sorted(entries, key=score, reverse=True)
