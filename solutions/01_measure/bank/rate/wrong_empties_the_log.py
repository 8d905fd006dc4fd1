"""misconception: changes-what-it-was-given
fails: the window counts to the fraction of a second
"""

def rate(log, ended, warm_up):
    if ended <= warm_up:
        return None
    log.sort()
    while log and log[-1][0] > ended:
        log.pop()
    return sum(ok and at > warm_up for at, ok in log) / (ended - warm_up)
