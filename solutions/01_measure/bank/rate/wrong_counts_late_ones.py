"""misconception: seconds-are-whole
fails: the window counts to the fraction of a second
"""

def rate(log, ended, warm_up):
    if ended <= warm_up:
        return None
    return sum(ok and at > warm_up for at, ok in log) / (ended - warm_up)
