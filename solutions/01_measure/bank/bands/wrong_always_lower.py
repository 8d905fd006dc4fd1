"""misconception: lower-is-always-better
fails: higher is better, a value on a bound is not past it, None is not measured and 0 is
"""

def verdict(value, target, excellent, action):
    if value is None:
        return "not measured"
    if math.isnan(value):
        raise ValueError("NaN")
    if value < excellent:
        return "excellent"
    if value < target:
        return "target"
    return "action" if value > action else "fair"
