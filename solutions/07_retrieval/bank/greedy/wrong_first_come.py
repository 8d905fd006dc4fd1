"""Todo is a queue.

misconception: farthest-first
fails: nodes compared in a graph of 500
"""

def walk(start, links, distance, ef):
    first = (distance(start), start)
    met, todo, best = {start}, [first], [first]
    while todo:
        far, node = todo.pop(0)
        if len(best) == ef and far > best[-1][0]:
            continue
        for other in links[node]:
            if other not in met:
                met.add(other)
                pair = (distance(other), other)
                if len(best) < ef or pair < best[-1]:
                    todo.append(pair)
                    insort(best, pair)
                    del best[ef:]
    return best
