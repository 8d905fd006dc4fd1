"""misconception: off-by-one
fails: both ends where times repeat, reads of 1000 records for a limit of 10
"""


def find(index, filter, limit):
    wanted = filter["timestamp"]
    key = lambda r: r.timestamp
    low, high = wanted.get("$gte"), wanted.get("$lt")
    start = bisect_left(index, low, key=key) if low is not None else 0
    end = bisect_left(index, high, key=key) if high else len(index)
    return [r.id for r in index[start:end][:limit]]
