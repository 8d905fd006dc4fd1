"""takewhile from the place found"""


from itertools import islice, takewhile

def find(index, filter, limit):
    t = filter["timestamp"]
    key = lambda r: r.timestamp
    start = 0
    if t.get("$gte") is not None:
        start = bisect_left(index, t["$gte"], key=key)
    later = islice(index, start, None)
    ok = takewhile(lambda r: "$lt" not in t or r.timestamp < t["$lt"], islice(later, limit))
    return [r.id for r in ok]
