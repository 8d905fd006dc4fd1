"""Pair key.

misconception: tuple-is-a-blend
fails: timestamp reads for 64 messages, reads grow in step with the messages
"""

def rank(entries):
    oldest = min(e.timestamp for e in entries)
    newest = max(e.timestamp for e in entries)

    def recency(entry):
        return 1.0 if newest == oldest else (entry.timestamp - oldest) / (newest - oldest)

    def score(e):
        return (e.importance_score, recency(e))

    return sorted(entries, key=score, reverse=True)
