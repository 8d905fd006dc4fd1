"""misconception: changes-what-it-was-given
fails: ids from a time on with the oldest first, both ends where times repeat, no more than the limit, reads of 1000 records for a limit of 10
"""


def find(index, filter, limit):
    wanted = filter["timestamp"]
    key = lambda r: r.timestamp
    start = bisect_left(index, wanted.pop("$gte"), key=key) if "$gte" in wanted else 0
    end = bisect_left(index, wanted["$lt"], key=key) if "$lt" in wanted else len(index)
    return [r.id for r in index[start:min(end, start + limit)]]
