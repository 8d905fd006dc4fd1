"""Cached inner function."""

def rank(entries):
    """Entries, best first, by 0.7 importance + 0.3 recency."""
    import functools

    @functools.cache
    def ends():
        return min(e.timestamp for e in entries), max(e.timestamp for e in entries)

    def recency(entry):
        oldest, newest = ends()
        if newest == oldest:
            return 1.0
        return (entry.timestamp - oldest) / (newest - oldest)

    return sorted(entries, key=lambda e: 0.7 * e.importance_score + 0.3 * recency(e), reverse=True)
