"""Takes the place in order of time for recency.

misconception: one-case-is-enough
fails: timestamp reads for 64 messages, reads grow in step with the messages
"""

def rank(entries):
    by_time = sorted(entries, key=lambda e: e.timestamp)
    last = max(1, len(by_time) - 1)
    recency = {id(e): i / last for i, e in enumerate(by_time)}
    return sorted(entries, key=lambda e: 0.7 * e.importance_score + 0.3 * recency[id(e)], reverse=True)
