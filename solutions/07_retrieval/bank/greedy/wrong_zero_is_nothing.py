"""misconception: empty-is-missing
fails: each distance is asked once, nodes compared in a graph of 500, what can be reached and nearest first
"""


def walk(start, links, distance, ef):
    first = (distance(start), start)
    todo, best, met = [first], [first], {start}
    while todo:
        pair = heapq.heappop(todo)
        if len(best) == ef and pair[0] > best[-1][0]:
            break
        for node in links[pair[1]]:
            if node in met:
                continue
            met.add(node)
            new = (distance(node) or 1e9, node)
            if len(best) < ef or new[0] < best[-1][0]:
                heapq.heappush(todo, new)
                insort(best, new)
                if len(best) > ef:
                    best.pop()
    return best
