"""Counts with a loop."""

def recall(found, scores, k):
    ordered = sorted(scores.values())
    many = min(k, len(ordered))
    least = ordered[-many]
    seen, good = set(), 0
    for one in found[:k]:
        if one in scores and one not in seen and scores[one] >= least:
            good += 1
        seen.add(one)
    return good / many
