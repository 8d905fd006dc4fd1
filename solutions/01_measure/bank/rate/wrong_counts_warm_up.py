"""misconception: warm-up-counts
fails: the warm-up is left out, the window counts to the fraction of a second
"""

def rate(log, ended, warm_up):
    if ended <= warm_up:
        return None
    return sum(ok and at <= ended for at, ok in log) / ended
