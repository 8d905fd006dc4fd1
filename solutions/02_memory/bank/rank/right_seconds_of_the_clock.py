"""Compares the seconds since 1970."""


def rank(entries):
    seconds = [e.timestamp.timestamp() for e in entries]
    oldest, newest = min(seconds), max(seconds)

    def score(i):
        if newest == oldest:
            return 0.7 * entries[i].importance_score + 0.3
        recency = (seconds[i] - oldest) / (newest - oldest)
        return 0.7 * entries[i].importance_score + 0.3 * recency

    return [entries[i] for i in sorted(range(len(entries)), key=lambda i: -score(i))]
