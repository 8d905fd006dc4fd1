"""a bisection of one's own"""


def place(index, time):
    low, high = 0, len(index)
    while low < high:
        middle = (low + high) // 2
        if index[middle].timestamp < time:
            low = middle + 1
        else:
            high = middle
    return low


def find(index, filter, limit):
    bounds = filter.get("timestamp", {})
    begin = place(index, bounds["$gte"]) if "$gte" in bounds else 0
    stop = place(index, bounds["$lt"]) if "$lt" in bounds else len(index)
    count = max(0, min(stop - begin, limit))
    return list(index[i].id for i in range(begin, begin + count))
