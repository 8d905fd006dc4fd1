"""Indices negated."""

def rank(entries):
    """Entries, best first, by 0.7 importance + 0.3 recency."""

    times = [e.timestamp for e in entries]
    oldest, newest = min(times), max(times)
    scores = [
        0.7 * e.importance_score
        + 0.3 * (1.0 if newest == oldest else (when - oldest) / (newest - oldest))
        for e, when in zip(entries, times)
    ]
    return [entries[i] for i in sorted(range(len(entries)), key=lambda i: -scores[i])]
