"""misconception: asking-is-free
fails: each distance is asked once
"""


def walk(start, links, distance, ef):
    """The `ef` nearest nodes that a walk from `start` meets, as (distance, node)."""
    first = (distance(start), start)
    best, todo, met = [first], [first], {start}
    while todo:
        away, node = heapq.heappop(todo)
        if len(best) == ef and away > best[-1][0]:
            break
        for other in links[node]:
            if other in met:
                continue
            pair = (distance(other), other)
            if len(best) < ef or pair[0] < best[-1][0]:
                met.add(other); insort(best, pair)
                heapq.heappush(todo, pair)
                if len(best) > ef:
                    best.pop()
    return best
