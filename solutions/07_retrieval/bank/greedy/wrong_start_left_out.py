"""misconception: one-case-is-enough
fails: what can be reached and nearest first, each distance is asked once, nodes compared in a graph of 500
"""

def walk(start, links, distance, ef):
    met, todo, best = {start}, [(distance(start), start)], []
    while todo:
        far, node = heapq.heappop(todo)
        if len(best) == ef and far > best[-1][0]:
            break
        for other in links[node]:
            if other not in met:
                met.add(other)
                pair = (distance(other), other)
                if len(best) < ef or pair < best[-1]:
                    heapq.heappush(todo, pair)
                    insort(best, pair)
                    del best[ef:]
    return best
