def verdict(value, target, excellent, action):
    if value is None:
        return "not measured"
    if value != value:
        raise ValueError("not a number")
    if excellent < target:
        if value < excellent:
            return "excellent"
        elif value < target:
            return "target"
        elif value <= action:
            return "fair"
        return "action"
    if value > excellent:
        return "excellent"
    elif value > target:
        return "target"
    elif value >= action:
        return "fair"
    return "action"
