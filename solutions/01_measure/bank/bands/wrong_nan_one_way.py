"""misconception: one-case-is-enough
fails: NaN is refused
"""


def verdict(value, target, excellent, action):
    if value is None:
        return "not measured"
    if excellent < target:
        if math.isnan(value):
            raise ValueError
        return (
            "excellent"
            if value < excellent
            else "target"
            if value < target
            else "action"
            if value > action
            else "fair"
        )
    return (
        "excellent"
        if value > excellent
        else "target"
        if value > target
        else "action"
        if value < action
        else "fair"
    )
