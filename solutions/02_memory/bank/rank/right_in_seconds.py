"""Takes the seconds of a difference, as datetimes have them."""


def rank(entries):
    times = [e.timestamp for e in entries]
    oldest, span = min(times), (max(times) - min(times)).total_seconds()

    def score(pair):
        when, entry = pair
        recency = (when - oldest).total_seconds() / span if span else 1.0
        return 0.7 * entry.importance_score + 0.3 * recency

    paired = zip(times, entries)
    return [entry for _, entry in sorted(paired, key=score, reverse=True)]
