"""misconception: one-case-is-enough
fails: both ends where times repeat, reads of 1000 records for a limit of 10
"""


def find(index, filter, limit):
    start = filter["timestamp"].get("$gte", float("-inf"))
    at = bisect_left(index, start, key=lambda r: r.timestamp)
    return [r.id for r in index[at : at + limit]]
