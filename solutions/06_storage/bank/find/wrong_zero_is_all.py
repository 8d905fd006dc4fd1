"""misconception: empty-is-missing
fails: no more than the limit, reads of 1000 records for a limit of 10
"""


def find(index, filter, limit):
    wanted, start, end = filter["timestamp"], 0, len(index)
    if "$gte" in wanted:
        start = bisect_left(index, wanted["$gte"], key=lambda r: r.timestamp)
    if "$lt" in wanted:
        end = bisect_left(index, wanted["$lt"], key=lambda r: r.timestamp)
    return [r.id for r in index[start : min(end, start + (limit or end))]]
