"""misconception: off-by-one
fails: the warm-up is left out
"""

def rate(log, ended, warm_up):
    if ended <= warm_up:
        return None
    return sum(ok and warm_up <= at <= ended for at, ok in log) / (ended - warm_up)
