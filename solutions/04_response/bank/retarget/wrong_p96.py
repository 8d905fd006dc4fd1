"""misconception: ninety-five-will-do
fails: never below what 97 % need
"""

def retarget(target, log):
    took = [seconds for how, seconds in log if how == "model"]
    if len(took) < 20:
        return target
    share = 100 * sum(seconds < target for seconds in took) / len(took)
    if share > 90:
        target = target * 0.9
    elif share < 50:
        target = target * 1.2
    return min(max(target, percentile(took, 96)), 30.0)
