"""The times are read once into a list; min and max look at that."""

def rank(entries):
    times = [e.timestamp for e in entries]
    oldest, newest = min(times), max(times)
    span = newest - oldest

    def score(pair):
        when, entry = pair
        recency = (when - oldest) / span if span else 1.0
        return 0.7 * entry.importance_score + 0.3 * recency

    pairs = zip(times, entries)
    return [entry for _, entry in sorted(pairs, key=score, reverse=True)]
