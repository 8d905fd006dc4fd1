"""misconception: off-by-one
fails: the warm-up is left out, the window counts to the fraction of a second
"""

def rate(log, ended, warm_up):
    if ended <= warm_up:
        return None
    return sum(ok and warm_up < at < ended for at, ok in log) / (ended - warm_up)
