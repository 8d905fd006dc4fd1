"""Counts those with fewer than k above them."""

def recall(found, scores, k):
    def better(id):
        return sum(other > scores[id] for other in scores.values())

    good = {id for id in found[:k] if id in scores and better(id) < k}
    return len(good) / min(k, len(scores))
