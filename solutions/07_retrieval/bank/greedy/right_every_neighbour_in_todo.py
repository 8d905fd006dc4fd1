"""Every node that is met joins todo; the end comes at the same place."""

def walk(start, links, distance, ef):
    away = {start: distance(start)}
    done = set()
    while True:
        best = sorted(away, key=away.get)[:ef]
        rest = [node for node in away if node not in done]
        if not rest:
            break
        node = min(rest, key=away.get)
        if len(best) == ef and away[node] > away[best[-1]]:
            break
        done.add(node)
        for other in links[node]:
            if other not in away:
                away[other] = distance(other)
    return [(away[node], node) for node in best]
