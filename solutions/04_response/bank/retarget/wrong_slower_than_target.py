"""misconception: tune-by-all
fails: hits play no part
"""

def retarget(target, log):
    took = [seconds for how, seconds in log if how == "model" or seconds > target]
    if len(took) < 20:
        return target
    share = 100 * sum(seconds < target for seconds in took) / len(took)
    if share > 90:
        target = target * 0.9
    elif share < 50:
        target = target * 1.2
    return min(max(target, percentile(took, 97)), 30.0)
