"""misconception: scan-what-is-sorted
fails: reads of 1000 records for a limit of 10
"""


def find(index, filter, limit):
    wanted = filter["timestamp"]
    times = [r.timestamp for r in index]
    start = bisect_left(times, wanted["$gte"]) if "$gte" in wanted else 0
    end = bisect_left(times, wanted["$lt"]) if "$lt" in wanted else len(times)
    return [r.id for r in index[start:end]][:limit]
