"""Keeps one candidate more than ef.

misconception: off-by-one
fails: a beam gets past a dead end
"""


def walk(start, links, distance, ef):
    first = (distance(start), start)
    todo, best, met = [first], [first], {start}
    while todo:
        away, node = heapq.heappop(todo)
        if len(best) == ef + 1 and away > best[-1][0]:
            break
        for other in links[node]:
            if other in met:
                continue
            met.add(other)
            far = distance(other)
            if len(best) < ef + 1 or far < best[-1][0]:
                heapq.heappush(todo, (far, other))
                insort(best, (far, other))
                del best[ef + 1 :]
    return best[:ef]
