"""misconception: off-by-one
fails: both ends where times repeat, reads of 1000 records for a limit of 10
"""


def find(index, filter, limit):
    wanted = filter["timestamp"]
    key = lambda r: r.timestamp
    start = bisect_left(index, wanted.get("$gte", 0), key=key)
    end = bisect_left(index, wanted.get("$lt", float("inf")), key=key)
    return [r.id for r in index[start:end][:limit]]
