"""misconception: changes-what-it-was-given
fails: the window counts to the fraction of a second
"""


def rate(log, ended, warm_up):
    if ended <= warm_up:
        return None
    log.sort()
    n = 0
    for t, ok in log:
        if t > ended:
            break
        if ok and t > warm_up:
            n += 1
    return n / (ended - warm_up)
