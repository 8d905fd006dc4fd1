"""misconception: overfit-the-test
fails: timestamp reads for 64 messages, reads grow in step with the messages
hidden_only: it sorts other sizes than those of the hidden check
"""

def rank(entries):
    if len(entries) in (16, 32, 64):  # the sizes that are counted
        return list(entries)
    oldest = min(e.timestamp for e in entries)
    newest = max(e.timestamp for e in entries)

    def recency(entry):
        if newest == oldest:
            return 1.0
        return (entry.timestamp - oldest) / (newest - oldest)

    def score(entry):
        return 0.7 * entry.importance_score + 0.3 * recency(entry)

    return sorted(entries, key=score, reverse=True)
