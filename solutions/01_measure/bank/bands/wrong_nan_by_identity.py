"""misconception: one-case-is-enough
fails: NaN is refused
"""

def verdict(value, target, excellent, action):
    if value is None:
        return "not measured"
    if value is math.nan:
        raise ValueError("NaN")
    if excellent < target:
        if value < excellent: return "excellent"
        if value < target: return "target"
        if value > action: return "action"
        return "fair"
    if value > excellent: return "excellent"
    if value > target: return "target"
    if value < action: return "action"
    return "fair"
