"""misconception: swapped-steps
fails: a tenth shorter above 90 %, a fifth longer below 50 %, never below what 97 % need, real answers too late in closed loop
"""

def retarget(target, log):
    """The next target, from (how, seconds) of the requests so far."""
    took = [seconds for how, seconds in log if how == "model"]
    if len(took) < 20:
        return target  # too few to judge by
    share = 100 * sum(seconds < target for seconds in took) / len(took)
    if share > 90:
        target = target * 0.99
    elif share < 50:
        target = target * 1.02
    return min(max(target, percentile(took, 97)), 30.0)
