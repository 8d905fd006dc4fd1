"""misconception: first-dead-end
fails: what can be reached and nearest first, a beam gets past a dead end, each distance is asked once, nodes compared in a graph of 500
"""

def walk(start, links, distance, ef):
    first = (distance(start), start)
    met, todo, best = {start}, [first], [first]
    while todo:
        far, node = heapq.heappop(todo)
        if far > best[0][0]:
            break
        for other in links[node]:
            if other not in met:
                met.add(other)
                pair = (distance(other), other)
                heapq.heappush(todo, pair)
                insort(best, pair)
                del best[ef:]
    return best
