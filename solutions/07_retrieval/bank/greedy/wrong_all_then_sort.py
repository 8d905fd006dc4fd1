"""Looks at every node that can be reached.

misconception: look-at-all
fails: a beam gets past a dead end, nodes compared in a graph of 500
"""

def walk(start, links, distance, ef):
    met, todo, found = {start}, [start], []
    while todo:
        node = todo.pop()
        found.append((distance(node), node))
        for other in links[node]:
            if other not in met:
                met.add(other)
                todo.append(other)
    return sorted(found)[:ef]
