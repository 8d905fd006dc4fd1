"""misconception: seconds-are-whole
fails: successes only, the warm-up is left out, the window counts to the fraction of a second
"""

def rate(log, ended, warm_up):
    times = [at for at, ok in log if ok and warm_up < at <= ended]
    if len(times) < 2:
        return None
    return len(times) / (max(times) - min(times))
