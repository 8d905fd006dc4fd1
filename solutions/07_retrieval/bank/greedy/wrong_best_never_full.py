"""Only what is nearer than the farthest joins, though there is room.

misconception: first-dead-end
fails: what can be reached and nearest first, each distance is asked once, nodes compared in a graph of 500
"""

def walk(start, links, distance, ef):
    first = (distance(start), start)
    met, todo, best = {start}, [first], [first]
    while todo:
        far, node = heapq.heappop(todo)
        if far > best[-1][0]:
            break
        for other in links[node]:
            if other not in met:
                met.add(other)
                pair = (distance(other), other)
                if pair < best[-1]:
                    heapq.heappush(todo, pair)
                    insort(best, pair)
                    del best[ef:]
    return best
