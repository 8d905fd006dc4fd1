"""The first is the oldest so far, and `elif` never lets it be the newest.

misconception: bounds-from-the-ends
fails: timestamp reads for 64 messages, reads grow in step with the messages
"""

def rank(entries):
    oldest = newest = None
    for e in entries:
        if oldest is None or e.timestamp < oldest:
            oldest = e.timestamp
        elif newest is None or e.timestamp > newest:
            newest = e.timestamp
    newest = newest or oldest
    def score(entry):
        r = 1.0 if newest == oldest else (entry.timestamp - oldest) / (newest - oldest)
        return 0.7 * entry.importance_score + 0.3 * r
    return sorted(entries, key=score, reverse=True)
