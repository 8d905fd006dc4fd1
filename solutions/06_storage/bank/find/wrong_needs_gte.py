"""misconception: one-case-is-enough
fails: both ends where times repeat, reads of 1000 records for a limit of 10
"""


def find(index, filter, limit):
    wanted, end = filter["timestamp"], len(index)
    start = bisect_left(index, wanted["$gte"], key=lambda r: r.timestamp)
    if "$lt" in wanted:
        end = bisect_left(index, wanted["$lt"], key=lambda r: r.timestamp)
    return [r.id for r in index[start : min(end, start + limit)]]
