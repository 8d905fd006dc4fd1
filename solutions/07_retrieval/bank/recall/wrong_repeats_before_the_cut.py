"""Drops repeats and cuts then.

misconception: repeats-count
fails: each id counts once
"""

def recall(found, scores, k):
    last = sorted(scores.values(), reverse=True)[:k][-1]
    good = [id for id in list(dict.fromkeys(found))[:k] if id in scores and scores[id] >= last]
    return len(good) / min(k, len(scores))
