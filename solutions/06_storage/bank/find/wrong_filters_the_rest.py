"""misconception: limit-in-python
fails: reads of 1000 records for a limit of 10
"""


def find(index, filter, limit):
    t = filter["timestamp"]
    lo, hi = t.get("$gte", float("-inf")), t.get("$lt", float("inf"))
    start = bisect_left(index, lo, key=lambda r: r.timestamp)
    return [r.id for r in index[start:] if r.timestamp < hi][:limit]
