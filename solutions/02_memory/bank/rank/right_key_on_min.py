"""min and max of the entries themselves, each with a key."""

def rank(entries):
    oldest = min(entries, key=lambda e: e.timestamp).timestamp
    newest = max(entries, key=lambda e: e.timestamp).timestamp

    def recency(entry):
        if newest == oldest:
            return 1.0
        return (entry.timestamp - oldest) / (newest - oldest)

    def score(entry):
        return 0.7 * entry.importance_score + 0.3 * recency(entry)

    return sorted(entries, key=score, reverse=True)
