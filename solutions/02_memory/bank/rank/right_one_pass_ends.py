"""One pass ends."""

def rank(entries):
    """Entries, best first, by 0.7 importance + 0.3 recency."""

    oldest = newest = None
    for entry in entries:
        when = entry.timestamp
        if oldest is None or when < oldest:
            oldest = when
        if newest is None or when > newest:
            newest = when
    span = newest - oldest
    result = list(entries)
    result.sort(
        key=lambda e: 0.7 * e.importance_score + 0.3 * ((e.timestamp - oldest) / span if span else 1.0),
        reverse=True,
    )
    return result
