"""Scaled."""

def rank(entries):
    oldest = min(e.timestamp for e in entries)
    newest = max(e.timestamp for e in entries)

    def recency(entry):
        return 1.0 if newest == oldest else (entry.timestamp - oldest) / (newest - oldest)

    def score(e):
        return 7 * e.importance_score + 3 * recency(e)

    return sorted(entries, key=score, reverse=True)
