class NotANumber(ValueError):
    pass


def verdict(value, target, excellent, action):
    if value is None:
        return "not measured"
    if math.isnan(value):
        raise NotANumber
    if action < target:
        value, target, excellent, action = -value, -target, -excellent, -action
    names = {excellent: "excellent", target: "target"}
    for bound in sorted(names):
        if value < bound:
            return names[bound]
    return ["fair", "action"][value > action]
