"""misconception: scan-what-is-sorted
fails: reads of 1000 records for a limit of 10
"""


def find(index, filter, limit):
    wanted = filter["timestamp"]
    low, high = wanted.get("$gte", float("-inf")), wanted.get("$lt", float("inf"))
    return [r.id for r in index if low <= r.timestamp < high][:limit]
