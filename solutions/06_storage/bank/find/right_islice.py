"""a slice of an iterator: no copy of the rest"""


def find(index, filter, limit):
    wanted = filter["timestamp"]
    key = lambda r: r.timestamp
    from itertools import islice, takewhile
    low, high = wanted.get("$gte", float("-inf")), wanted.get("$lt", float("inf"))
    start = bisect_left(index, low, key=key)
    return [r.id for r in islice(takewhile(lambda r: r.timestamp < high, islice(index, start, None)), limit)]
