"""misconception: seconds-are-whole
fails: the window counts to the fraction of a second
"""


def rate(log, ended, warm_up):
    if ended - warm_up < 1:
        return None
    return sum(1 for t, ok in log if ok and warm_up < t <= ended) / (ended - warm_up)
