"""Cached for ever.

misconception: one-case-is-enough
fails: timestamp reads for 64 messages, reads grow in step with the messages
"""

seen = {}


def rank(entries):
    """Entries, best first, by 0.7 importance + 0.3 recency."""
    if "oldest" not in seen:
        seen["oldest"] = min(e.timestamp for e in entries)
        seen["newest"] = max(e.timestamp for e in entries)
    oldest, newest = seen["oldest"], seen["newest"]

    def recency(entry):
        if newest == oldest:
            return 1.0
        return (entry.timestamp - oldest) / (newest - oldest)

    def score(entry):
        return 0.7 * entry.importance_score + 0.3 * recency(entry)

    return sorted(entries, key=score, reverse=True)
