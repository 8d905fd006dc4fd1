"""misconception: changes-what-it-was-given
fails: hits play no part
"""

def retarget(target, log):
    took = []
    while log:
        how, seconds = log.pop()
        if how == "model":
            took.append(seconds)
    if len(took) < 20:
        return target  # too few to judge by
    share = 100 * sum(seconds < target for seconds in took) / len(took)
    if share > 90:
        target = target * 0.9
    elif share < 50:
        target = target * 1.2
    return min(max(target, percentile(took, 97)), 30.0)
