"""Generator naive.

misconception: work-in-the-key
fails: ?
"""

def rank(entries):
    yield from naive_rank(entries)
