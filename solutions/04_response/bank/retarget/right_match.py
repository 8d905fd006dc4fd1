"""a generator with match"""


def _model_times(log):
    for entry in log:
        match entry:
            case ("model", seconds):
                yield seconds


def retarget(target, log):
    took = [*_model_times(log)]
    n = len(took)
    if n < 20:
        return target
    share = sum(map(lambda s: s < target, took)) / n
    step = {True: 0.9}.get(share > 0.9, 1.2 if share < 0.5 else 1)
    return min(max(target * step, percentile(took, 97)), 30.0)
