"""misconception: never-keep
fails: the most similar one wins and the earliest of equals, exactly at the threshold is not above it, shared words divided by all different words, as many negations, the same numbers, in the same order, an unsafe best does not hide a safe second, nothing to find
"""

NEGATIONS = {"not", "no", "never", "without"}

def similar(message, kept, threshold=0.7):
    return None
