"""misconception: percent-of-the-maximum
fails: never below what 97 % need
"""

def retarget(target, log):
    """The next target, from (how, seconds) of the requests so far."""
    took = [seconds for how, seconds in log if how == "model"]
    if len(took) < 20:
        return target  # too few to judge by
    share = 100 * sum(seconds < target for seconds in took) / len(took)
    if share > 90:
        target = target * 0.9
    elif share < 50:
        target = target * 1.2
    return min(max(target, 0.97 * max(took)), 30.0)
