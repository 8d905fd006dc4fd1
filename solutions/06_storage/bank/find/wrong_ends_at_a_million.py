"""misconception: off-by-one
fails: ids from a time on with the oldest first, reads of 1000 records for a limit of 10
"""


def find(index, filter, limit):
    wanted = filter["timestamp"]
    key = lambda r: r.timestamp
    start = bisect_left(index, wanted.get("$gte", float("-inf")), key=key)
    end = bisect_left(index, wanted.get("$lt", 10**6), key=key)
    return [r.id for r in index[start:end][:limit]]
