"""Takes the links out of the graph.

misconception: changes-what-it-was-given
fails: what can be reached and nearest first, a beam gets past a dead end, each distance is asked once, nodes compared in a graph of 500
"""


def walk(start, links, distance, ef):
    first = (distance(start), start)
    todo, best, met = [first], [first], {start}
    while todo:
        away, node = heapq.heappop(todo)
        if len(best) == ef and away > best[-1][0]:
            break
        while links[node]:
            other = links[node].pop()
            if other in met:
                continue
            met.add(other)
            far = distance(other)
            if len(best) < ef or far < best[-1][0]:
                heapq.heappush(todo, (far, other))
                insort(best, (far, other))
                del best[ef:]
    return best
