"""Generator."""

def rank(entries):
    low, high = min(e.timestamp for e in entries), max(e.timestamp for e in entries)
    span = high - low
    yield from sorted(entries, key=lambda e: 0.7 * e.importance_score + 0.3 * ((e.timestamp - low) / span if span else 1.0), reverse=True)
