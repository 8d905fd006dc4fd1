"""misconception: late-times-do-not-count
fails: a fifth longer below 50 %
"""


def retarget(target, log):
    took = [seconds for how, seconds in log if how == "model" and seconds < 30]
    if len(took) < 20:
        return target  # too few to judge by
    share = 100 * sum(seconds < target for seconds in took) / len(took)
    if share > 90:
        target = target * 0.9
    elif share < 50:
        target = target * 1.2
    return min(max(target, percentile(took, 97)), 30.0)
