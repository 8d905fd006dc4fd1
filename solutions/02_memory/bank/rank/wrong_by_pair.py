"""misconception: tuple-is-a-blend
fails: timestamp reads for 64 messages, reads grow in step with the messages
"""

def rank(entries):
    return sorted(entries, key=lambda e: (e.importance_score, e.timestamp), reverse=True)
