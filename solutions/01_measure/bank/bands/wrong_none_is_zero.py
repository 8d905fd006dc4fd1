"""misconception: none-is-zero
fails: None is not measured and 0 is
"""

def verdict(value, target, excellent, action):
    if value is None:
        value = 0
    if math.isnan(value):
        raise ValueError("NaN")
    sign = 1 if excellent < target else -1
    if sign * value < sign * excellent:
        return "excellent"
    if sign * value < sign * target:
        return "target"
    return "action" if sign * value > sign * action else "fair"
