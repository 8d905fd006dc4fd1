"""The 97th percentile written out."""

def retarget(target, log):
    took = [seconds for how, seconds in log if how == "model"]
    if len(took) < 20:
        return target
    share = 100 * sum(seconds < target for seconds in took) / len(took)
    if share > 90:
        target = 0.9 * target
    elif share < 50:
        target = target + 0.2 * target
    return min(max(target, sorted(took)[-(-97 * len(took) // 100) - 1]), 30.0)
