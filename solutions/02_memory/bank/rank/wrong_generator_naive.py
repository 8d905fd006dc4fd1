"""Generator naive.

misconception: work-in-the-key
fails: timestamp reads for 64 messages, reads grow in step with the messages
"""

def rank(entries):
    yield from naive_rank(entries)
