"""misconception: text-is-identity
fails: ids from a time on with the oldest first, both ends where times repeat, no more than the limit, reads of 1000 records for a limit of 10
"""


def find(index, filter, limit):
    t = filter["timestamp"]
    lo, hi = t.get("$gte", float("-inf")), t.get("$lt", float("inf"))
    start = bisect_left(index, lo, key=lambda r: r.timestamp)
    end = bisect_left(index, hi, key=lambda r: r.timestamp)
    return index[start:end][:limit]
