"""Goes on to the nearest of best that was not looked around from."""

def walk(start, links, distance, ef):
    best, met, done = [[distance(start), start]], {start}, set()
    while True:
        here = next((node for _, node in best if node not in done), None)
        if here is None:
            return best
        done.add(here)
        new = [other for other in dict.fromkeys(links[here]) if other not in met]
        met.update(new)
        best = sorted(best + [[distance(other), other] for other in new])[:ef]
