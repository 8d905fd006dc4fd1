"""misconception: asking-is-free
fails: each distance is asked once
"""

def walk(start, links, distance, ef):
    met, todo, best = {start}, [start], [start]
    while todo:
        node = min(todo, key=distance)
        todo.remove(node)
        if len(best) == ef and distance(node) > distance(best[-1]):
            break
        for other in links[node]:
            if other not in met:
                met.add(other)
                if len(best) < ef or distance(other) < distance(best[-1]):
                    todo.append(other)
                    best = sorted([*best, other], key=distance)[:ef]
    return [(distance(node), node) for node in best]
