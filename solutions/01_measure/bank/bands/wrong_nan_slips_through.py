"""misconception: one-case-is-enough
fails: NaN is refused
"""

def verdict(value, target, excellent, action):
    if value is None:
        return "not measured"
    sign = 1 if excellent < target else -1
    if sign * value < sign * excellent:
        return "excellent"
    if sign * value < sign * target:
        return "target"
    return "action" if sign * value > sign * action else "fair"
