"""misconception: same-text-same-object
fails: hits play no part, a tenth shorter above 90 %, a fifth longer below 50 %, never below what 97 % need, real answers too late in closed loop
"""

def retarget(target, log):
    took = [seconds for how, seconds in log if how is "model"]
    if len(took) < 20:
        return target
    share = 100 * sum(seconds < target for seconds in took) / len(took)
    if share > 90:
        target = target * 0.9
    elif share < 50:
        target = target * 1.2
    return min(max(target, percentile(took, 97)), 30.0)
