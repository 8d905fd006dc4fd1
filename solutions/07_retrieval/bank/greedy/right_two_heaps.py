"""Two heaps, the second with the farthest on top."""

def walk(start, links, distance, ef):
    known = {start: distance(start)}
    todo, best = [(known[start], start)], [(-known[start], start)]
    while todo and not (len(best) == ef and todo[0][0] > -best[0][0]):
        _, node = heapq.heappop(todo)
        for other in links[node]:
            if other not in known:
                known[other] = away = distance(other)
                if len(best) < ef or away < -best[0][0]:
                    heapq.heappush(todo, (away, other))
                    heapq.heappush(best, (-away, other))
                    if len(best) > ef:
                        heapq.heappop(best)
    return sorted((-away, node) for away, node in best)
