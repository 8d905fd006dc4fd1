"""misconception: infinite-is-invalid
fails: None is not measured and 0 is
"""


def verdict(value, target, excellent, action):
    if value is None:
        return "not measured"
    if not math.isfinite(value):
        raise ValueError
    if excellent < target:
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
