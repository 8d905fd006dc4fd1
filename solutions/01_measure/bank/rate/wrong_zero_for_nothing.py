"""misconception: none-is-zero
fails: None where no time is left
"""

def rate(log, ended, warm_up):
    if ended <= warm_up:
        return 0.0
    return sum(ok and warm_up < at <= ended for at, ok in log) / (ended - warm_up)
