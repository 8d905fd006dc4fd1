"""misconception: off-by-one
fails: both ends where times repeat, reads of 1000 records for a limit of 10
"""


def find(index, filter, limit):
    t = filter["timestamp"]
    lo, hi = t.get("$gte", float("-inf")), t.get("$lt", float("inf"))
    from bisect import bisect_right
    start = bisect_left(index, lo, key=lambda r: r.timestamp)
    end = bisect_right(index, hi, key=lambda r: r.timestamp)
    return [r.id for r in index[start:end][:limit]]
