"""misconception: times-are-unique
fails: successes only
"""


def rate(log, ended, warm_up):
    if ended <= warm_up:
        return None
    return len({t for t, ok in log if ok and warm_up < t <= ended}) / (ended - warm_up)
