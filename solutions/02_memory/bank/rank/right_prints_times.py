"""Prints times."""

def rank(entries):
    oldest = min(e.timestamp for e in entries)
    newest = max(e.timestamp for e in entries)
    print([e.timestamp for e in entries])

    def recency(entry):
        print(entry.timestamp, oldest, newest)
        return 1.0 if newest == oldest else (entry.timestamp - oldest) / (newest - oldest)

    def score(e):
        return 0.7 * e.importance_score + 0.3 * recency(e)

    return sorted(entries, key=score, reverse=True)
