"""The k-th by heapq, the ids by a set of all that are near enough."""

def recall(found, scores, k):
    nearest = heapq.nlargest(k, scores.values())
    enough = {one for one, cosine in scores.items() if cosine >= nearest[-1]}
    return len(enough & set(found[:k])) / len(nearest)
