"""A generator with a match statement."""

from operator import itemgetter
import statistics
def rank(entries):
    times = [e.timestamp.timestamp() for e in entries]
    lo = min(times); span = max(times) - lo
    match span:
        case 0:
            recencies = [0.0] * len(times)
        case _:
            recencies = [(t - lo) / span for t in times]
    scored = zip(entries, recencies)
    yield from map(itemgetter(0), sorted(scored, key=lambda p: -(0.7 * p[0].importance_score + 0.3 * p[1])))
