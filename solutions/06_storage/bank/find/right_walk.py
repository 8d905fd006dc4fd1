"""walk from the beginning found by bisection"""


def find(index, filter, limit):
    wanted = filter["timestamp"]
    low = wanted.get("$gte", float("-inf"))
    found = []
    start = bisect_left(index, low, key=lambda r: r.timestamp)
    for record in index[start : start + limit]:
        if record.timestamp >= wanted.get("$lt", float("inf")):
            break
        found.append(record.id)
    return found
