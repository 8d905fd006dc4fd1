"""Only oldest moved.

misconception: work-in-the-key
fails: timestamp reads for 64 messages, reads grow in step with the messages
"""

def rank(entries):
    """Entries, best first, by 0.7 importance + 0.3 recency."""

    oldest = min(e.timestamp for e in entries)

    def recency(entry):
        newest = max(e.timestamp for e in entries)
        if newest == oldest:
            return 1.0
        return (entry.timestamp - oldest) / (newest - oldest)

    def score(entry):
        return 0.7 * entry.importance_score + 0.3 * recency(entry)

    return sorted(entries, key=score, reverse=True)
