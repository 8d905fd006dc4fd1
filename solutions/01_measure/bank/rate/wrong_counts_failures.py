"""misconception: failures-are-throughput
fails: successes only, the window counts to the fraction of a second
"""

def rate(log, ended, warm_up):
    if ended <= warm_up:
        return None
    return sum(warm_up < at <= ended for at, ok in log) / (ended - warm_up)
