def rate(log, ended, warm_up):
    window = ended - warm_up
    if window <= 0:
        return None
    count = 0
    for at, ok in log:
        if ok and at > warm_up and at <= ended:
            count += 1
    return count / window
