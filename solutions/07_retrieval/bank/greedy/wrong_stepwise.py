"""misconception: first-dead-end
fails: what can be reached and nearest first, a beam gets past a dead end, each distance is asked once, nodes compared in a graph of 500
"""

def walk(start, links, distance, ef):
    here, best = (distance(start), start), [(distance(start), start)]
    while links[here[1]]:
        step = min((distance(other), other) for other in links[here[1]])
        if step >= here:
            break
        here = step
        insort(best, step)
    return best[:ef]
