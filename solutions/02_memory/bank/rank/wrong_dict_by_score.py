"""Dict by score.

misconception: one-case-is-enough
fails: timestamp reads for 64 messages, reads grow in step with the messages
"""

def rank(entries):
    oldest = min(e.timestamp for e in entries)
    newest = max(e.timestamp for e in entries)

    def recency(entry):
        return 1.0 if newest == oldest else (entry.timestamp - oldest) / (newest - oldest)

    def score(e):
        return 0.7 * e.importance_score + 0.3 * recency(e)

    return [e for _, e in sorted({score(e): e for e in entries}.items(), reverse=True)]
