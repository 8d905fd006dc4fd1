"""Exact steps: a target as a fraction."""

from fractions import Fraction


def retarget(target, log):
    took = [seconds for how, seconds in log if how == "model"]
    if len(took) < 20:
        return target
    in_time = sum(seconds < target for seconds in took)
    step = Fraction(1)
    if in_time * 10 > len(took) * 9:
        step = Fraction(9, 10)
    elif in_time * 2 < len(took):
        step = Fraction(6, 5)
    return min(max(step * Fraction(target), Fraction(percentile(took, 97))), 30)
