def rate(log, ended, warm_up):
    """Successes a second from `warm_up` to `ended`; None if no time is left."""
    if not ended > warm_up:
        return
    return len([1 for at, ok in sorted(log) if ok is True and not at <= warm_up and not at > ended]) / float(ended - warm_up)
