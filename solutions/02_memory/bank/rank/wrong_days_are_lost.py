"""`.seconds` of a timedelta leaves its days out.

misconception: one-case-is-enough
fails: timestamp reads for 64 messages, reads grow in step with the messages
"""

def rank(entries):
    oldest = min(e.timestamp for e in entries)
    newest = max(e.timestamp for e in entries)
    def recency(entry):
        if newest == oldest:
            return 1.0
        return (entry.timestamp - oldest).seconds / (newest - oldest).seconds
    def score(entry):
        return 0.7 * entry.importance_score + 0.3 * recency(entry)
    return sorted(entries, key=score, reverse=True)
