"""misconception: first-match-wins
fails: lower is better, higher is better, a value on a bound is not past it, None is not measured and 0 is, NaN is refused
"""

def verdict(value, target, excellent, action):
    if value is None:
        return "not measured"
    if math.isnan(value):
        raise ValueError("NaN")
    sign = 1 if excellent < target else -1
    if sign * value < sign * target:
        return "target"
    if sign * value < sign * excellent:
        return "excellent"
    return "action" if sign * value > sign * action else "fair"
